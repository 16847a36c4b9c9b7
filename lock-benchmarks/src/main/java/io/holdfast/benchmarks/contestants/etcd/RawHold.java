package io.holdfast.benchmarks.contestants.etcd;

import io.etcd.jetcd.ByteSequence;

/**
 * A key that this client has put.
 *
 * @param key the key
 * @param revision when it was put, which tells this hold from others
 */
public record RawHold(ByteSequence key, long revision) {}
