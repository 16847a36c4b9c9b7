package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.conformance.history.Call;
import io.holdfast.conformance.history.Hammer;
import io.holdfast.conformance.history.HammerPlan;
import io.holdfast.conformance.history.Rules;
import io.holdfast.conformance.history.Verdict;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.LockBackend;
import io.holdfast.testservers.EtcdCluster;
import io.holdfast.testservers.EtcdServer;
import io.holdfast.testservers.StallWatch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Many clients use a few resources as wildly as they may, and every answer is judged afterwards. */
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EtcdHistoryTest {
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration DURATION = Duration.ofSeconds(8);
    /** Etcd looks for leases that are over twice a second. */
    private static final Duration OVERHANG = Duration.ofSeconds(1);
    /**
     * A new leader lets every lease begin anew, and there is one more often than any lease ends: what a crashed connection held may
     * last until the faults have ended, and then for one lease and the search for a leader.
     */
    private static final Duration OVERHANG_OF_ELECTIONS = DURATION.plusSeconds(6);

    private static final Duration BETWEEN_FAULTS = Duration.ofMillis(1500);
    /**
     * No lease may run out for a fault alone, or its ticket loses its place: this is long enough for an election, and for the next
     * keep-alive to go to another node.
     */
    private static final Duration LEASE_OVER_FAULTS = Duration.ofSeconds(3);

    private static final Duration PAUSE = Duration.ofMillis(700);

    @Test
    void oneNodeGivesRightHistories() throws InterruptedException {
        try (EtcdServer server = EtcdServer.builder().dataInMemory().start();
                StallWatch stalls = StallWatch.start()) {
            EtcdFixture.warmUp(List.of(server));
            List<Call> history = hammer(List.of(server), LEASE).run();

            assertThat(history).hasSizeGreaterThan(100);
            Verdict verdict = Verdict.of(new Rules(true, OVERHANG), history);
            Histories.assumeInTime(verdict, stalls, LEASE);
            verdict.assertCorrect();
            assertNothingIsLeft(server);
        }
    }

    @Test
    void killedLeadersAndPausedFollowersGiveRightHistories() throws InterruptedException {
        try (EtcdCluster cluster = EtcdCluster.start(3, EtcdServer.Builder::dataInMemory);
                StallWatch stalls = StallWatch.start()) {
            EtcdFixture.warmUp(cluster.nodes());
            CountDownLatch end = new CountDownLatch(1);
            Thread faults = new Thread(() -> disturb(cluster, end));
            faults.start();
            List<Call> history;
            try {
                history = hammer(cluster.nodes(), LEASE_OVER_FAULTS).run();
            } finally {
                end.countDown();
                faults.join();
            }
            assertThat(history).hasSizeGreaterThan(50);
            Verdict verdict = Verdict.of(new Rules(true, OVERHANG_OF_ELECTIONS), history);
            Histories.assumeInTime(verdict, stalls, LEASE_OVER_FAULTS);
            verdict.assertNotWrong();
            assertNothingIsLeft(cluster.leader());
        }
    }

    private static Hammer hammer(List<EtcdServer> servers, Duration lease) {
        List<String> endpoints = servers.stream().map(EtcdServer::uri).toList();
        HammerPlan plan = new HammerPlan(3, 3, 8, lease, DURATION, 2, 1);
        return new Hammer("p", () -> connect(endpoints), plan);
    }

    private static LockBackend connect(List<String> endpoints) {
        SystemTime time = new SystemTime();
        return EtcdFixture.connect(endpoints, time, time, time::close);
    }

    /**
     * Kills leaders and starts them again, and stops followers for a while. Leaders aren't stopped: one that continues after it was
     * deposed has the leases revoked that it takes for over, although its successor has renewed them (etcd before 3.4.31 and 3.5.13,
     * https://github.com/etcd-io/etcd/issues/15247), and nothing that a client does can make up for that.
     */
    private static void disturb(EtcdCluster cluster, CountDownLatch end) {
        try {
            for (int i = 0; !end.await(BETWEEN_FAULTS.toMillis(), TimeUnit.MILLISECONDS); i++) {
                EtcdServer leader = cluster.leader();
                if (i % 2 == 0) {
                    leader.kill();
                    leader.restart();
                } else {
                    EtcdServer follower = followers(cluster, leader).get(0);
                    follower.pause();
                    end.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
                    follower.resume();
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<EtcdServer> followers(EtcdCluster cluster, EtcdServer leader) {
        return cluster.nodes().stream().filter(node -> node != leader).toList();
    }

    /** What crashed connections have left runs out. */
    private static void assertNothingIsLeft(EtcdServer server) throws InterruptedException {
        String left = "?";
        for (int i = 0; i < 200 && !left.isBlank(); i++) {
            left = server.etcdctl("get", "--prefix", "--keys-only", "holdfast/");
            if (!left.isBlank()) {
                // There is nothing to wait for but the server's clock.
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        assertThat(left).isBlank();
    }
}
