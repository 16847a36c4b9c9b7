package io.holdfast.quorum;

import io.holdfast.spi.Grant;

/** A hold of a majority. */
record QuorumGrant(String resource, String client, long token, long leaseMillis, long validUntil) implements Grant {}
