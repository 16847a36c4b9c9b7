package io.holdfast.etcd;

import io.holdfast.spi.Grant;

/** A grant as of one moment. */
record EtcdGrant(String resource, String client, long token, long leaseMillis, long validUntil) implements Grant {
    private static final long MILLIS_PER_SECOND = 1000;

    static EtcdGrant of(Ticket ticket, String client) {
        Lease lease = ticket.lease();
        return new EtcdGrant(
                ticket.resource(), client, ticket.token(), lease.seconds() * MILLIS_PER_SECOND, lease.provenUntil());
    }
}
