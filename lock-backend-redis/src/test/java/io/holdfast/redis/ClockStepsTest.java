package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.WallClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waiting while the server's clock is set. */
class ClockStepsTest {
    private static final Duration WAIT = Duration.ofMinutes(3);
    /** Shorter than a lease, by whose end everybody would be served in any case. */
    private static final Duration SOON = Duration.ofSeconds(25);

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void noWaitEndsEarlyByAStepOfTheServersClock(int hours) throws Exception {
        try (WallClock clock = WallClock.create().orElseGet(() -> abort(WallClock.NO_COMPILER))) {
            if (clock.redis().isEmpty()) {
                abort(WallClock.NO_REDIS);
            }
            try (RedisServer server = RedisServer.builder().clock(clock).start();
                    DistributedLock locks = TestBackends.locks(server.uri());
                    DistributedLock others = TestBackends.locks(server.uri())) {
                LockHandle hold = locks.acquire("resource", "holder", WAIT);
                List<CompletableFuture<LockHandle>> waiting = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    waiting.add((i % 2 == 0 ? locks : others).acquireAsync("resource", "client-" + i, WAIT));
                }
                TestBackends.awaitWaiters(locks, "resource", 4);
                clock.step(Duration.ofHours(hours));
                hold.close();

                List<Long> tokens = TestBackends.tokensAsGranted(waiting, SOON);
                assertThat(tokens).hasSize(4).isSorted().doesNotHaveDuplicates();
                assertThat(tokens.get(0)).isGreaterThan(hold.fencingToken());
                assertThat(locks.inspect("resource")).isEmpty();
            }
        }
    }
}
