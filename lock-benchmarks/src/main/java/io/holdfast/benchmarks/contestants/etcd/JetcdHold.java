package io.holdfast.benchmarks.contestants.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.support.CloseableClient;

/**
 * A hold of jetcd's lock service.
 *
 * @param key the key that stands for it
 * @param lease the lease it depends on
 * @param renewal what keeps that lease alive
 */
public record JetcdHold(ByteSequence key, long lease, CloseableClient renewal) {}
