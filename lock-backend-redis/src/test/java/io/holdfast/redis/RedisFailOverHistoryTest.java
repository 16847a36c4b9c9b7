package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.conformance.history.Call;
import io.holdfast.conformance.history.Hammer;
import io.holdfast.conformance.history.HammerPlan;
import io.holdfast.conformance.history.Kind;
import io.holdfast.conformance.history.Outcome;
import io.holdfast.conformance.history.Rules;
import io.holdfast.conformance.history.Verdict;
import io.holdfast.conformance.history.Violation;
import io.holdfast.spi.LockBackend;
import io.holdfast.testservers.RedisCluster;
import io.holdfast.testservers.RedisSentinels;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many threads at once while a primary dies and a replica takes its place. Replicas lag, so that what the primary granted or released last
 * may be forgotten; fencing tokens grow all the same.
 */
class RedisFailOverHistoryTest {
    private static final Duration LEASE = Duration.ofMillis(600);
    private static final int CONNECTIONS = 3;
    private static final Duration DURATION = Duration.ofSeconds(8);
    private static final Rules RULES = new Rules(false, Duration.ofSeconds(1));

    @Test
    void tokensGrowThroughAFailOverOfSentinels() throws Exception {
        try (RedisSentinels sentinels = RedisSentinels.start(2, 3)) {
            List<Call> history =
                    history(() -> TestBackends.connect(TestBackends.uri(sentinels)), () -> killPrimary(sentinels));

            assertThat(violations(history, "fencing")).isEmpty();
        }
    }

    @Test
    @Tag("long")
    void grantsThatAllReplicasHaveSurviveAFailOver() throws Exception {
        try (RedisSentinels sentinels = RedisSentinels.start(2, 3)) {
            List<Call> history = history(
                    () -> TestBackends.builder(TestBackends.uri(sentinels))
                            .waitForReplicas(2, Duration.ofMillis(300))
                            .backend(TestBackends.TIME, TestBackends.TIME, () -> {}),
                    () -> killPrimary(sentinels));

            assertThat(violations(history, "fencing")).isEmpty();
            assertThat(violations(history, "mutual exclusion")).isEmpty();
        }
    }

    @Test
    @Tag("long")
    void tokensGrowThroughTheDeathOfAPrimaryOfACluster() throws Exception {
        try (RedisCluster cluster = RedisCluster.start(3, 1, RedisCluster::noticeSoon)) {
            List<Call> history = history(() -> TestBackends.connect(TestBackends.uri(cluster)), () -> {
                RedisServer primary = cluster.primaryOf("holdfast:{resource-0}");
                primary.kill();
                cluster.primaryOf("holdfast:{resource-0}");
            });

            assertThat(violations(history, "fencing")).isEmpty();
        }
    }

    private static void killPrimary(RedisSentinels sentinels) {
        RedisServer primary = sentinels.primary();
        primary.kill();
        sentinels.primaryAfter(primary);
        // As a replica of the new one.
        primary.restart();
    }

    /** Hammers, and has the fault happen a quarter of the time after all have connected. */
    private static List<Call> history(Supplier<LockBackend> connect, Runnable fault) throws Exception {
        CountDownLatch connecting = new CountDownLatch(CONNECTIONS);
        CompletableFuture<Long> connected = new CompletableFuture<>();
        CompletableFuture<Long> recovered = new CompletableFuture<>();
        Thread faults = new Thread(() -> {
            try {
                connecting.await();
                connected.complete(System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(DURATION.toNanos() / 4);
                fault.run();
                recovered.complete(System.nanoTime());
            } catch (InterruptedException | RuntimeException failure) {
                recovered.completeExceptionally(failure);
            }
        });
        faults.setDaemon(true);
        faults.start();
        // No process is replaced, since a new one doesn't connect while there is no primary.
        HammerPlan plan = new HammerPlan(CONNECTIONS, 3, 6, LEASE, DURATION, 0, 1);
        List<Call> history = new Hammer(
                        "p",
                        () -> {
                            LockBackend connection = connect.get();
                            connecting.countDown();
                            return connection;
                        },
                        plan)
                .run();
        long since = recovered.get(3, TimeUnit.MINUTES);
        assumeTrue(
                since - connected.get() < DURATION.toNanos() * 7 / 8,
                "this machine was too busy: the fail-over has taken nearly as long as the hammering");
        assertThat(history).hasSizeGreaterThan(200);
        assertThat(history).anyMatch(call -> call.startedAt() - since > 0 && isGranted(call));
        return history;
    }

    private static boolean isGranted(Call call) {
        return call.kind() == Kind.ACQUIRE && call.outcome() == Outcome.DONE;
    }

    private static List<Violation> violations(List<Call> history, String rule) {
        return Verdict.of(RULES, history).violations().stream()
                .filter(violation -> violation.rule().equals(rule))
                .toList();
    }
}
