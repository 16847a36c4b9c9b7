package io.holdfast.inmemory;

import io.holdfast.core.internal.DueNode;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One hold in the lock table: due when its lease runs out. It is also the grant that the client gets, so that a hold is a single object. Only the table changes it; what
 * changes is read by others in single reads that can't tear.
 */
final class Hold extends DueNode implements Grant, LockTable.Answer {
    private static final VarHandle EXPIRES_AT;
    private static final VarHandle LEASE_MILLIS;
    private static final VarHandle TOKEN;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            EXPIRES_AT = lookup.findVarHandle(Hold.class, "expiresAt", long.class);
            TOKEN = lookup.findVarHandle(Hold.class, "token", long.class);
            LEASE_MILLIS = lookup.findVarHandle(Hold.class, "leaseMillis", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final String resource;
    private final String client;
    private final long acquiredAt;
    private final long firstClaim;

    @SuppressWarnings("UnusedVariable") // because it is read through its handle
    private long token;

    private int leaseMillis;
    private long expiresAt;

    Hold(AcquireRequest request, long token, long now) {
        this.resource = request.resource();
        this.client = request.client();
        this.token = token;
        this.acquiredAt = now;
        this.firstClaim = request.id();
        this.leaseMillis = Math.toIntExact(request.leaseMillis());
        this.expiresAt = now + leaseNanos();
    }

    /** Lengthens the lease to at least a request's. */
    void lengthenLease(long millis) {
        if (millis > leaseMillis) {
            LEASE_MILLIS.setOpaque(this, Math.toIntExact(millis));
        }
    }

    /** Raises the token, for those who keep tokens in order over several stores. */
    void setToken(long raised) {
        TOKEN.setOpaque(this, raised);
    }

    /** The end of a full lease from a moment on. */
    long endOfLeaseFrom(long now) {
        return now + leaseNanos();
    }

    private long leaseNanos() {
        return leaseMillis * 1_000_000L;
    }

    void setExpiresAt(long moment) {
        EXPIRES_AT.setOpaque(this, moment);
    }

    long acquiredAt() {
        return acquiredAt;
    }

    /** The request that began this hold. */
    long firstClaim() {
        return firstClaim;
    }

    @Override
    public String resource() {
        return resource;
    }

    @Override
    public String client() {
        return client;
    }

    @Override
    public long token() {
        return (long) TOKEN.getOpaque(this);
    }

    @Override
    public long leaseMillis() {
        return (int) LEASE_MILLIS.getOpaque(this);
    }

    /** The very end of the lease: this engine and its users read the same clock, which can't drift from itself. */
    @Override
    public long validUntil() {
        return (long) EXPIRES_AT.getOpaque(this);
    }

    @Override
    protected long due() {
        return expiresAt;
    }

    @Override
    public String toString() {
        return "Hold[resource=" + resource + ", client=" + client + ", token=" + token() + "]";
    }
}
