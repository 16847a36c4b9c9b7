package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Grants that count only when a replica has them. */
class ReplicasTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    /** Less than the answer timeout. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** For what no replica confirms. */
    private static final Duration IMPATIENCE = Duration.ofSeconds(2);

    private RedisServer primary;
    private RedisServer replica;
    private DistributedLock locks;

    @BeforeEach
    void connect() {
        primary = RedisServer.start();
        replica = RedisServer.builder().replicaOf(primary).start();
        // The replica is up a moment before the primary counts on it.
        while (!primary.info("replication").contains("state=online")) {
            Thread.onSpinWait();
        }
    }

    private void waitForTheReplica(Duration patience) {
        locks = TestBackends.builder(primary.uri()).waitForReplicas(1, patience).build();
    }

    @AfterEach
    void close() {
        locks.close();
        replica.close();
        primary.close();
    }

    @Test
    void aGrantThatTheReplicaHasCounts() throws Exception {
        waitForTheReplica(PATIENCE);
        try (LockHandle hold = locks.acquire("resource", "client", LONG)) {
            assertThat(replica.command("GET", "holdfast:{resource}").toString()).endsWith(hold.client());
        }
    }

    @Test
    void aGrantThatIsHandedOverCountsWhenTheReplicaHasIt() throws Exception {
        waitForTheReplica(PATIENCE);
        LockHandle first = locks.acquire("resource", "first", LONG);
        CompletableFuture<LockHandle> second = locks.acquireAsync("resource", "second", LONG);
        first.close();
        LockHandle hold = second.get(60, TimeUnit.SECONDS);
        assertThat(replica.command("GET", "holdfast:{resource}").toString()).endsWith("second");
        hold.close();
    }

    @Test
    void aGrantThatNoReplicaHasIsGivenBack() throws Exception {
        waitForTheReplica(IMPATIENCE);
        replica.pause();
        assertThatThrownBy(() -> locks.acquire("resource", "client", LONG))
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining("replicas");
        assertThat(locks.inspect("resource")).isEmpty();
    }

    /** A new primary would end the hold when the lease that it knows of is over. */
    @Test
    void aRenewalThatNoReplicaHasDoesNotCount() throws Exception {
        waitForTheReplica(IMPATIENCE);
        LockHandle hold = locks.acquire("resource", "client", LONG);
        replica.pause();
        assertThatThrownBy(hold::heartbeat)
                .isInstanceOfSatisfying(
                        LockBackendException.class,
                        failure -> assertThat(failure.outcomeKnown()).isFalse())
                .hasMessageContaining("replicas");
        replica.resume();
        assertThat(eventuallyConfirmed(hold)).isTrue();
        hold.close();
    }

    /** A replica that has stood still, or a busy machine, may be late with the first confirmations. */
    private static boolean eventuallyConfirmed(LockHandle hold) {
        long begin = System.nanoTime();
        while (true) {
            try {
                return hold.heartbeat();
            } catch (LockBackendException unconfirmed) {
                if (System.nanoTime() - begin > PATIENCE.toNanos()) {
                    throw unconfirmed;
                }
            }
        }
    }
}
