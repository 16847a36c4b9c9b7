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

    /** From this length on, a lease is given a second more than was asked for, which hardly matters to who waits for its end. */
    private static final long SPARE_FROM = 10;

    private static final long SPARE = 1;

    private final long id;
    private final long wanted;
    private final boolean own;
    private volatile long seconds;
    private volatile Validity validity;
    private volatile long provenUntil;
    /** Whether a transaction that names it may still be on its way to etcd: then it never serves another ticket. */
    private volatile boolean doubtful;

    private volatile boolean used;
    private volatile boolean carries;

    Use use = Use.NONE;
    long dueAt;
    long idleSince;
    Runnable whenOver = () -> {};

    /**
     * Notes a lease.
     *
     * @param wanted how long holds on it are to last, in seconds
     * @param own whether this process granted it
     * @param last the request that granted or renewed it last
     */
    Lease(long id, long wanted, boolean own, Wire.Beat last) {
        this.id = id;
        this.wanted = wanted;
        this.own = own;
        this.seconds = last.seconds();
        this.validity = new Validity(certainEnd(last.sentAt(), last.seconds()), last.term());
        this.provenUntil = validity.until;
    }

    /**
     * How long a lease must last, in seconds, on which holds are to last for so long. What is more serves one hold after the
     * other: as long as it isn't used up, a new hold has its full length without a keep-alive.
     */
    static long length(long wanted) {
        return wanted + spare(wanted);
    }

    private static long spare(long wanted) {
        return wanted < SPARE_FROM ? 0 : SPARE;
    }

    /** Until when a lease certainly lasts that was renewed by a request sent at a moment. */
    private static long certainEnd(long sentAt, long seconds) {
        long length = seconds * NANOS_PER_SECOND;
        return sentAt + length - length / DRIFT - ROUNDING;
    }

    void renewed(Wire.Beat beat) {
        long end = certainEnd(beat.sentAt(), beat.seconds());
        seconds = beat.seconds();
        if (end - validity.until > 0) {
            validity = new Validity(end, beat.term());
        }
    }

    /** Whether a hold that begins now has its full length without a keep-alive. */
    boolean isFresh(Validity known, long now) {
        return known.until - now >= promisedNanos();
    }

    /**
     * Tells whether an answer on which the nodes agreed, to a request that was sent after a keep-alive or together with it,
     * proves that the keep-alive was answered by who led: a leader that was deposed before may have answered all the same, but
     * in an earlier term.
     *
     * @param term the Raft term of that answer
     */
    boolean prove(Wire.Beat beat, long term) {
        if (beat.seconds() == 0 || beat.term() < term) {
            return false;
        }
        renewed(beat);
        proven(certainEnd(beat.sentAt(), beat.seconds()));
        return true;
    }

    /** The same for the last keep-alive before. */
    boolean prove(Validity known, long term) {
        if (known.term < term) {
            return false;
        }
        proven(known.until);
        return true;
    }

    private void proven(long until) {
        if (until - provenUntil > 0) {
            provenUntil = until;
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

    /** How long a hold on it lasts, in seconds: at least as long as was asked for. */
    long seconds() {
        return seconds - spare(wanted);
    }

    private long promisedNanos() {
        return seconds() * NANOS_PER_SECOND;
    }

    /** How long it lasts itself after each keep-alive. */
    long nanos() {
        return seconds * NANOS_PER_SECOND;
    }

    /** When it is due: the lease lasts longer than this, if a leader has answered. */
    long validUntil() {
        return validity.until;
    }

    Validity validity() {
        return validity;
    }

    /** Until when a hold on it certainly lasts. */
    long provenUntil() {
        return provenUntil;
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

    /** Whether a ticket was moved to it, by which other processes may hold, whatever this one knows of it. */
    boolean carries() {
        return carries;
    }

    void carry(boolean ticket) {
        carries = ticket;
    }

    /**
     * What the last answer says of a lease.
     *
     * @param until how long it lasts, if it was the leader who answered
     * @param term the Raft term of the answer
     */
    record Validity(long until, long term) {}

    @Override
    protected long due() {
        return dueAt;
    }

    @Override
    public String toString() {
        return "lease " + Long.toHexString(id);
    }
}
