package io.holdfast.etcd;

/**
 * Names a {@link Place}.
 *
 * @param resource what is wanted
 * @param client who wants it
 */
record PlaceName(String resource, String client) {}
