package io.holdfast.conformance.broken;

import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import java.util.HashSet;
import java.util.Set;

/** A hold in the simple store. */
final class Hold {
    /** Through which connection it was asked for. */
    final SimpleConnection from;

    final String resource;
    final String client;
    final long begunAt;
    final Set<Long> claims = new HashSet<>();
    final Thread thread = Thread.currentThread();
    long token;
    long leaseMillis;
    long expiresAt;

    Hold(SimpleConnection from, AcquireRequest request, long token, long now) {
        this.from = from;
        this.resource = request.resource();
        this.client = request.client();
        this.leaseMillis = request.leaseMillis();
        this.token = token;
        this.begunAt = now;
        claims.add(request.id());
        extendFrom(now);
    }

    void extendFrom(long now) {
        expiresAt = now + leaseNanos();
    }

    long leaseNanos() {
        return leaseMillis * 1_000_000;
    }

    boolean matches(HoldRef ref) {
        return client.equals(ref.client()) && (ref.token() == HoldRef.ANY_TOKEN || ref.token() == token);
    }

    Grant grant(long startedAt) {
        return new SimpleGrant(resource, client, token, leaseMillis, startedAt + leaseNanos());
    }

    /** A grant as it is handed out. */
    record SimpleGrant(String resource, String client, long token, long leaseMillis, long validUntil)
            implements Grant {}
}
