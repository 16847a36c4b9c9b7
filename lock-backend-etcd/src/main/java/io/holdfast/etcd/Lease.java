package io.holdfast.etcd;

import io.holdfast.core.internal.DueNode;

/** A lease in etcd, as this process knows it. It serves one ticket at a time. What isn't final is guarded by {@link Leases}, or volatile. */
final class Lease extends DueNode {
    /** What this process does with a lease by itself. */
    enum Use {
        /** Nothing: it is on its way from one use to another, or given up. */
        NONE,
        /** Keeps it alive for the next ticket, for a while. */
        IDLE,
        /** Keeps it alive for a ticket that waits. */
        WAITING,
        /** Nothing but to notice that it was not renewed: its ticket holds. */
        HOLDING
    }

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** Clocks that differ by more than a thousandth are broken; the rest is for rounding. */
    private static final long DRIFT = 1000;

    private static final long ROUNDING = 1_000_000;

    private final long id;
    private final long wanted;
    private final boolean own;
    private volatile long seconds;
    private volatile long validUntil;
    /** Whether a transaction that names it may still be on its way to etcd: then it never serves another ticket. */
    private volatile boolean doubtful;

    private volatile boolean used;

    Use use = Use.NONE;
    long dueAt;
    long idleSince;
    Runnable whenOver = () -> {};

    /**
     * Notes a lease.
     *
     * @param wanted its length as it was asked for, in seconds
     * @param own whether this process granted it
     * @param seconds its length as it was granted
     * @param sentAt when the request was sent that granted or renewed it last
     */
    Lease(long id, long wanted, boolean own, long seconds, long sentAt) {
        this.id = id;
        this.wanted = wanted;
        this.own = own;
        this.seconds = seconds;
        this.validUntil = certainEnd(sentAt, seconds);
    }

    /** Until when a lease certainly lasts that was renewed by a request sent at a moment. */
    private static long certainEnd(long sentAt, long seconds) {
        long length = seconds * NANOS_PER_SECOND;
        return sentAt + length - length / DRIFT - ROUNDING;
    }

    void renewed(Wire.Beat beat) {
        long end = certainEnd(beat.sentAt(), beat.seconds());
        seconds = beat.seconds();
        if (end - validUntil > 0) {
            validUntil = end;
        }
    }

    long id() {
        return id;
    }

    long wanted() {
        return wanted;
    }

    boolean isOwn() {
        return own;
    }

    long seconds() {
        return seconds;
    }

    long nanos() {
        return seconds * NANOS_PER_SECOND;
    }

    long validUntil() {
        return validUntil;
    }

    boolean isDoubtful() {
        return doubtful;
    }

    void doubt() {
        doubtful = true;
    }

    /** Whether it has been granted for the present ticket, so that it needs no keep-alive yet. */
    boolean isNew() {
        return own && !used;
    }

    void use() {
        used = true;
    }

    @Override
    protected long due() {
        return dueAt;
    }

    @Override
    public String toString() {
        return "lease " + Long.toHexString(id);
    }
}
