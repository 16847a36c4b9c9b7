package io.holdfast.benchmarks.contestants.redis;

import org.redisson.api.RLock;

/**
 * A hold of one of Redisson's locks.
 *
 * @param lock which lock
 * @param owner the number of its owner: a thread's, or a made-up one
 */
public record RedissonHold(RLock lock, long owner) {}
