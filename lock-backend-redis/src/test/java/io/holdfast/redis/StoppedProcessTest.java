package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.LockHandle;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Processes that stand still for longer than their lease, as in a long garbage collection or a suspended virtual machine. */
@Timeout(120)
class StoppedProcessTest extends OneServerTest {
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofMinutes(1);

    private OwnJvm other;

    @BeforeEach
    void startOther() throws IOException {
        other = OwnJvm.start(server.uri(), LEASE);
    }

    @AfterEach
    void closeOther() {
        other.close();
    }

    @Test
    void aHolderThatWasStoppedPastItsLeaseKnowsItsLossAndEndsNobodyElsesHold() throws Exception {
        other.ask("ask stopped");
        other.ask("hold");
        long before = Long.parseLong(other.ask("token"));
        other.stop();

        try (LockHandle hold = locks.acquire("resource", "next", LONG)) {
            other.goOn();
            assertThat(other.ask("valid")).isEqualTo("false");
            assertThat(other.ask("ensure")).isEqualTo("lost");
            assertThat(other.ask("lost")).isEqualTo("true");
            assertThat(other.ask("heartbeat")).isEqualTo("false");
            assertThat(other.ask("release")).isEqualTo("false");
            assertThat(other.ask("close")).isEqualTo("done");

            assertThat(hold.fencingToken()).isGreaterThan(before);
            assertThat(hold.heartbeat()).isTrue();
            assertThat(locks.inspect("resource").orElseThrow().client()).isEqualTo("next");
        }
    }

    /** Its turn comes while it stands still: the news wait in its socket, and are old when it reads them. */
    @Test
    void aWaiterThatWasStoppedThroughItsTurnTakesNoGrantThatIsOver() throws Exception {
        LockHandle first = locks.acquire("resource", "first", LONG);
        other.ask("ask stopped");
        TestBackends.awaitWaiters(locks, "resource", 1);
        other.stop();
        first.close();

        LockHandle hold = locks.acquire("resource", "next", LONG);
        other.goOn();
        // It asks again, and is queued behind the present hold.
        TestBackends.awaitWaiters(locks, "resource", 1);
        assertThat(hold.heartbeat()).isTrue();
        long released = System.nanoTime();
        hold.close();
        other.ask("hold");
        assertThat(Long.parseLong(other.ask("token"))).isGreaterThan(hold.fencingToken());
        String valid = other.ask("valid");
        assumeTrue(
                System.nanoTime() - released < LEASE.toNanos() * 3 / 4,
                "this machine was too busy to look before the lease ended");
        assertThat(valid).isEqualTo("true");
    }
}
