package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.WallClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Fencing tokens through what may happen to a server. */
class TokensTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void tokensGrowThoughEverythingIsDeleted() throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                DistributedLock locks = connect(server)) {
            long before = token(locks);
            server.command("FLUSHALL");
            assertThat(token(locks)).isGreaterThan(before);
        }
    }

    @Test
    void tokensGrowOverARestartThatKeepsNothing() throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                DistributedLock locks = connect(server)) {
            long before = token(locks);
            server.restart();
            assertThat(token(locks)).isGreaterThan(before);
        }
    }

    @Test
    void tokensGrowThroughStepsOfTheClock() throws InterruptedException {
        try (WallClock clock = WallClock.create().orElseGet(() -> abort(WallClock.NO_COMPILER))) {
            if (clock.redis().isEmpty()) {
                abort(WallClock.NO_REDIS);
            }
            try (RedisServer server = RedisServer.builder().clock(clock).start();
                    DistributedLock locks = connect(server)) {
                long before = token(locks);
                for (Duration step : new Duration[] {
                    Duration.ofHours(1), Duration.ofHours(-2), Duration.ofHours(-1), Duration.ofHours(2)
                }) {
                    clock.step(step);
                    long after = token(locks);
                    assertThat(after).isGreaterThan(before);
                    before = after;
                }
            }
        }
    }

    @Test
    void timeIsPutForwardBeforeTheCountWithinAMillisecondOverflows() throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                DistributedLock locks = connect(server)) {
            // As after many grants while the clock was behind: the last that fits, far in the future.
            long future = 8_000_000_000_000L;
            server.command("XADD", "holdfast:tokens", "MAXLEN", "0", future + "-999998", "", "");
            assertThat(token(locks)).isEqualTo(FencingTokens.parse(future + "-999999"));
            assertThat(token(locks)).isEqualTo(FencingTokens.parse((future + 1) + "-0"));
            assertThat(token(locks)).isEqualTo(FencingTokens.parse((future + 1) + "-1"));
        }
    }

    private static DistributedLock connect(RedisServer server) {
        return TestBackends.locks(server.uri());
    }

    private static long token(DistributedLock locks) throws InterruptedException {
        try (LockHandle hold = locks.acquire("resource", "client", LONG)) {
            return hold.fencingToken();
        }
    }
}
