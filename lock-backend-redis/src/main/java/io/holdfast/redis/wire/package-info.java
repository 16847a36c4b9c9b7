/**
 * How this process talks to Redis: it runs scripts on the server that owns a key, in order and many to a packet, and
 * delivers what the servers publish to it. Connections, fail-over, Cluster redirections, TLS and the translation of errors are here;
 * of locks, this package knows nothing. Not for applications.
 */
@NullMarked
package io.holdfast.redis.wire;

import org.jspecify.annotations.NullMarked;
