package io.holdfast.benchmarks.contestants.redis;

import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.contestants.Setup;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.SetParams;

/**
 * The least that a correct lock asks of Redis, by hand: {@code SET NX PX}, and a script that compares and deletes. It
 * has no token, no renewal and no queue.
 */
abstract sealed class RawLocks implements NamedLocks<RawHold>
        permits PollingRawLocks, NotifiedRawLocks, RenewedRawLocks {
    static final String DELETE =
            "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end" + " return 0";
    static final String PREFIX = "raw:";

    private static final AtomicLong VALUES = new AtomicLong();
    private static final String PROCESS = UUID.randomUUID().toString();

    final RedisClient redis;
    private final SetParams onlyIfFree;
    private final String deletion;

    RawLocks(Setup setup, String deletion) {
        this.redis = Connections.pool(setup);
        this.onlyIfFree = new SetParams().nx().px(setup.lease().toMillis());
        this.deletion = redis.scriptLoad(deletion);
    }

    /** A hold that isn't anybody's yet. */
    static RawHold candidate(String resource) {
        return new RawHold(PREFIX + resource, PROCESS + VALUES.incrementAndGet());
    }

    final boolean tryAcquire(RawHold hold) {
        return redis.set(hold.key(), hold.value(), onlyIfFree) != null;
    }

    @Override
    public void release(RawHold hold) {
        Object deleted = redis.evalsha(deletion, List.of(hold.key()), List.of(hold.value()));
        if (!Long.valueOf(1).equals(deleted)) {
            throw new IllegalStateException(hold.key() + " isn't held any more");
        }
    }

    @Override
    public void close() {
        redis.close();
    }
}
