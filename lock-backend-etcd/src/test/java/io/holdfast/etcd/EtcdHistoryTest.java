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
import io.holdfast.testservers.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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

    /** What a connection held or asked for when it was cut may last for a lease more, if only a copy that came late began it. */
    private static final Duration OVERHANG_OF_CUTS = OVERHANG.plusSeconds(3);

    private static final Duration BETWEEN_FAULTS = Duration.ofMillis(1500);
    /**
     * No lease may run out for a fault alone, or its ticket loses its place: this is long enough for an election, and for the next
     * keep-alive to go to another node.
     */
    private static final Duration LEASE_OVER_FAULTS = Duration.ofSeconds(3);

    private static final int FAULTS_WORTH_THE_NAME = 2;
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
        assertRightHistories(EtcdHistoryTest::killLeaderOrPauseFollower);
    }

    @Test
    void aQuorumLostAndBackGivesRightHistories() throws InterruptedException {
        assertRightHistories(EtcdHistoryTest::killTwoOfThree);
    }

    private static void assertRightHistories(FaultOfCluster fault) throws InterruptedException {
        try (EtcdCluster cluster = EtcdCluster.start(3, EtcdServer.Builder::dataInMemory);
                StallWatch stalls = StallWatch.start()) {
            EtcdFixture.warmUp(cluster.nodes());
            List<Call> history = disturbed(
                    hammer(cluster.nodes(), LEASE_OVER_FAULTS), (round, end) -> fault.disturb(cluster, round, end));
            assertThat(history).hasSizeGreaterThan(50);
            Verdict verdict = Verdict.of(new Rules(true, OVERHANG_OF_ELECTIONS), history);
            Histories.assumeInTime(verdict, stalls, LEASE_OVER_FAULTS);
            verdict.assertNotWrong();
            assertNothingIsLeft(cluster.leader());
        }
    }

    @Test
    void cutConnectionsAndLostAnswersGiveRightHistories() throws InterruptedException {
        Set<TcpProxy> ways = ConcurrentHashMap.newKeySet();
        try (EtcdServer server = EtcdServer.builder().dataInMemory().start();
                StallWatch stalls = StallWatch.start()) {
            EtcdFixture.warmUp(List.of(server));
            List<Call> history = disturbed(
                    hammer(() -> connectThrough(server, ways), LEASE_OVER_FAULTS),
                    (round, end) -> cut(ways, round, end));
            assertThat(history).hasSizeGreaterThan(50);
            Verdict verdict = Verdict.of(new Rules(true, OVERHANG_OF_CUTS), history);
            Histories.assumeInTime(verdict, stalls, LEASE_OVER_FAULTS);
            verdict.assertNotWrong();
            assertNothingIsLeft(server);
        } finally {
            ways.forEach(TcpProxy::close);
        }
    }

    private static Hammer hammer(List<EtcdServer> servers, Duration lease) {
        List<String> endpoints = servers.stream().map(EtcdServer::uri).toList();
        return hammer(() -> connect(endpoints), lease);
    }

    private static Hammer hammer(Supplier<LockBackend> connect, Duration lease) {
        return new Hammer("p", connect, new HammerPlan(3, 3, 8, lease, DURATION, 2, 1));
    }

    private static LockBackend connect(List<String> endpoints) {
        SystemTime time = new SystemTime();
        return EtcdFixture.connect(endpoints, time, time, time::close);
    }

    private static LockBackend connectThrough(EtcdServer server, Set<TcpProxy> ways) {
        TcpProxy way = TcpProxy.to(server);
        ways.add(way);
        return connect(List.of("127.0.0.1:" + way.port()));
    }

    /** Hammers while one fault comes after another. */
    private static List<Call> disturbed(Hammer hammer, Fault fault) throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<Integer> faults = CompletableFuture.supplyAsync(() -> disturb(fault, end), task -> {
            Thread thread = new Thread(task, "faults");
            thread.setDaemon(true);
            thread.start();
        });
        List<Call> history;
        try {
            history = hammer.run();
        } finally {
            end.countDown();
        }
        assertThat(faults.join()).isGreaterThanOrEqualTo(FAULTS_WORTH_THE_NAME);
        return history;
    }

    private static int disturb(Fault fault, CountDownLatch end) {
        int round = 0;
        try {
            while (!end.await(BETWEEN_FAULTS.toMillis(), TimeUnit.MILLISECONDS)) {
                fault.disturb(round, end);
                round++;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return round;
    }

    /**
     * Kills leaders and starts them again, and stops followers for a while. Leaders aren't stopped: one that continues after it was
     * deposed has the leases revoked that it takes for over, although its successor has renewed them (etcd before 3.4.31 and 3.5.13,
     * https://github.com/etcd-io/etcd/issues/15247), and nothing that a client does can make up for that.
     */
    private static void killLeaderOrPauseFollower(EtcdCluster cluster, int round, CountDownLatch end)
            throws InterruptedException {
        EtcdServer leader = cluster.leader();
        if (round % 2 == 0) {
            leader.kill();
            leader.restart();
        } else {
            EtcdServer follower = followers(cluster, leader).get(0);
            follower.pause();
            pause(end);
            follower.resume();
        }
    }

    private static void killTwoOfThree(EtcdCluster cluster, int round, CountDownLatch end) throws InterruptedException {
        EtcdServer leader = cluster.leader();
        List<EtcdServer> others = followers(cluster, leader);
        List<EtcdServer> killed = round % 2 == 0 ? List.of(leader, others.get(0)) : others;
        killed.forEach(EtcdServer::kill);
        pause(end);
        killed.forEach(EtcdServer::restart);
    }

    /** Connections are reset, or refused for a while, or silent until they are reset, by which the answers to all that was sent are lost. */
    private static void cut(Set<TcpProxy> ways, int round, CountDownLatch end) throws InterruptedException {
        switch (round % 3) {
            case 0 -> {
                ways.forEach(way -> way.silence(TcpProxy.Direction.TO_CLIENT));
                pause(end);
                ways.forEach(TcpProxy::reset);
                ways.forEach(TcpProxy::restore);
            }
            case 1 -> ways.forEach(TcpProxy::reset);
            default -> {
                ways.forEach(TcpProxy::refuse);
                pause(end);
                ways.forEach(TcpProxy::restore);
            }
        }
    }

    private static void pause(CountDownLatch end) throws InterruptedException {
        boolean unused = end.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
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

    /** What goes wrong, again and again. */
    private interface Fault {
        void disturb(int round, CountDownLatch end) throws InterruptedException;
    }

    /** What goes wrong in a cluster. */
    private interface FaultOfCluster {
        void disturb(EtcdCluster cluster, int round, CountDownLatch end) throws InterruptedException;
    }
}
