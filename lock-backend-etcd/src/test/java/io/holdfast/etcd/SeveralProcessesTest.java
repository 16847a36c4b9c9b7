package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.conformance.history.Call;
import io.holdfast.conformance.history.Connector;
import io.holdfast.conformance.history.HammerFleet;
import io.holdfast.conformance.history.HammerPlan;
import io.holdfast.conformance.history.Rules;
import io.holdfast.conformance.history.Verdict;
import io.holdfast.conformance.history.Violation;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.LockBackend;
import io.holdfast.testservers.EtcdServer;
import io.holdfast.testservers.StallWatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Locks that are shared by JVMs which are stopped and killed. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SeveralProcessesTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration LEASE = Duration.ofSeconds(3);
    /** Etcd looks for leases that are over twice a second; the rest is for a busy machine. */
    private static final Duration OVERHANG = Duration.ofSeconds(2);

    private static final int MOST_ROUNDS = 3;

    private static EtcdServer server;

    @BeforeAll
    static void start() {
        server = EtcdServer.builder().dataInMemory().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** How a hammering JVM connects. */
    public static final class ToEtcd implements Connector {
        /** Made by its name. */
        public ToEtcd() {}

        @Override
        public LockBackend connect(String address) {
            SystemTime time = new SystemTime();
            return EtcdFixture.connect(List.of(address), time, time, time::close);
        }
    }

    @Test
    void aHolderThatIsStoppedPastItsLeaseLosesItAndNobodyElseDoes() throws Exception {
        try (HoldingProcess stopped = HoldingProcess.start(server.uri(), "stopped", LEASE);
                DistributedLock locks = EtcdLocks.connect(server.uri())) {
            long token = Long.parseLong(stopped.await("holds"));
            assertThat(locks.tryAcquire("stopped", "other")).isEmpty();

            stopped.pause();
            LockHandle hold = locks.acquire("stopped", "other", LONG);
            assertThat(hold.fencingToken()).isGreaterThan(token);

            stopped.resume();
            assertThat(stopped.await("lost")).isEqualTo("false");
            stopped.release();
            assertThat(stopped.await("valid")).isEqualTo("false");
            assertThat(stopped.await("released")).isEqualTo("false");
            assertThat(hold.heartbeat()).isTrue();
            assertThat(locks.inspect("stopped").map(LockInfo::fencingToken)).contains(hold.fencingToken());
            hold.close();
        }
    }

    /** Calls of killed JVMs go unanswered, and may be too many for the search for an explanation: then nothing is known, and others are killed. */
    @Test
    void jvmsThatAreKilledGiveRightHistories(@TempDir Path folder) throws Exception {
        Verdict verdict = verdictOnKilledJvms(folder.resolve("1"));
        for (int round = 2; round <= MOST_ROUNDS && !isCertain(verdict); round++) {
            verdict = verdictOnKilledJvms(folder.resolve(String.valueOf(round)));
        }
        verdict.assertCorrect();
    }

    private static boolean isCertain(Verdict verdict) {
        return verdict.violations().stream().allMatch(Violation::certain);
    }

    /** On a server of its own, since a history begins with nothing held. */
    private static Verdict verdictOnKilledJvms(Path folder) throws Exception {
        Duration lease = Duration.ofSeconds(1);
        HammerPlan plan = new HammerPlan(1, 3, 3, lease, Duration.ofSeconds(3), 0, 3);
        try (EtcdServer fresh = EtcdServer.builder().dataInMemory().start();
                StallWatch stalls = StallWatch.start();
                HammerFleet fleet = new HammerFleet(ToEtcd.class, fresh.uri(), plan, Files.createDirectory(folder))) {
            List<Call> history = fleet.run(2);
            assertThat(history).hasSizeGreaterThan(100);
            Verdict verdict = Verdict.of(new Rules(true, OVERHANG), history);
            Histories.assumeInTime(verdict, stalls, lease);
            return verdict;
        }
    }
}
