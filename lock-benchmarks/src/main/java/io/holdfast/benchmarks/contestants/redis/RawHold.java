package io.holdfast.benchmarks.contestants.redis;

/**
 * A key that this client has set.
 *
 * @param key the key
 * @param value what tells this hold from others
 */
record RawHold(String key, String value) {}
