package io.holdfast.redis;

import io.holdfast.LockBackendException;
import io.holdfast.redis.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns, once for each connection, of a server that throws keys away when its memory is full: that ends locks before their time. */
final class EvictionWarning {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLocks.class);

    private EvictionWarning() {}

    /**
     * Looks at one server. A user who may not know is not told.
     *
     * @throws LockBackendException if the server can't be reached or refuses scripts
     */
    static void check(Wire wire, String prefix) {
        List<byte[]> anyLock = List.of(KeySpace.single(prefix).lock("any"));
        Object answer;
        try {
            answer = wire.blocking()
                    .run(Scripts.EVICTION, anyLock, List.of())
                    .join()
                    .value();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof LockBackendException known
                    ? known
                    : LockBackendException.outcomeUnknown("can't talk to Redis", failed.getCause());
        }
        if (answer instanceof byte[] policy && policy.length > 0) {
            LOG.warn(
                    "Redis may evict locks when its memory is full: its maxmemory-policy is {}; use noeviction",
                    new String(policy, StandardCharsets.US_ASCII));
        }
    }
}
