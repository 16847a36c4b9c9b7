package io.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.ManualTime;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.TokenFloor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One process waits and is granted, over connections of its own that may be slow; another releases, and waits behind it. */
class QuorumOfTwoProcessesTest {
    private static final String RESOURCE = "orders/42";
    private static final Duration ROUND = Duration.ofMillis(250);

    private final ManualTime time = new ManualTime();
    private final List<InMemoryEngine> engines =
            Stream.generate(() -> InMemoryEngine.create(time, time)).limit(3).toList();
    private final List<Switched> connections =
            engines.stream().map(engine -> new Switched(engine.connect())).toList();
    private final Switched gate = connections.get(0);
    private final QuorumBackend bobs = open(connections);
    private final QuorumBackend others =
            open(engines.stream().map(InMemoryEngine::connect).toList());
    private final Grant alice = grant(others.acquire(request("alice", 0)));
    private final CompletableFuture<Optional<Grant>> bob = turn(bobs.acquire(request("bob", 60_000)));
    private final CompletableFuture<Optional<Grant>> carol = turn(others.acquire(request("carol", 60_000)));
    private long requests;

    /** The gate's token for bob will be the smallest, so that it learns the hold's token last, from the write-back. */
    @BeforeEach
    void letBobBeGrantedWhileHisWayToTheGateIsSlow() {
        raise(connections.get(1), 500);
        raise(connections.get(2), 1_000);
        gate.slowDown();
        assertThat(others.release(alice).toCompletableFuture()).isCompletedWithValue(true);
    }

    @Test
    void anotherProcessCanReleaseWhatIsHandedOut() {
        assertThat(bob).as("before the gate has the token").isNotDone();
        gate.deliver();

        Grant hold = bob.join().orElseThrow();
        assertThat(hold.token()).isGreaterThan(1_000);
        assertThat(others.release(hold).toCompletableFuture()).isCompletedWithValue(true);
        assertThat(carol).as("whose turn it is").isDone();
        assertThat(carol.join()).isPresent();
    }

    @Test
    void aMemberThatIsSilentDuringTheWriteBackCostsNoMoreThanTheRound() {
        time.advance(ROUND.minusMillis(1));
        assertThat(bob).isNotDone();
        time.advance(Duration.ofMillis(1));

        Grant hold = bob.join().orElseThrow();
        CompletionStage<Boolean> released = bobs.release(hold);
        gate.deliver();
        assertThat(released.toCompletableFuture()).isCompletedWithValue(true);
        assertThat(carol).as("whose turn it is").isDone();
        assertThat(carol.join()).isPresent();
    }

    private QuorumBackend open(List<? extends LockBackend> members) {
        Map<String, LockBackend> named = new TreeMap<>();
        members.forEach(member -> named.put("m" + named.size(), member));
        return QuorumBackend.builder(named, time, time)
                .attemptTimeout(ROUND)
                .longestLease(Duration.ofMinutes(1))
                .firstStart(true)
                .build();
    }

    private static void raise(TokenFloor member, long token) {
        long life =
                member.raiseFloor(0, 0).toCompletableFuture().join().memory().incarnation();
        assertThat(member.raiseFloor(token, life).toCompletableFuture()).isCompleted();
    }

    private AcquireRequest request(String client, long waitMillis) {
        return new AcquireRequest(++requests, RESOURCE, client, 30_000, waitMillis * 1_000_000, time.read());
    }

    private static Grant grant(CompletionStage<AcquireReply> asked) {
        return (Grant) asked.toCompletableFuture().join();
    }

    private static CompletableFuture<Optional<Grant>> turn(CompletionStage<AcquireReply> asked) {
        AcquireReply.Queued queued =
                (AcquireReply.Queued) asked.toCompletableFuture().join();
        return queued.grant().toCompletableFuture();
    }
}
