package io.holdfast.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockBackendException;
import io.holdfast.core.ManualTime;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.LockBackend;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What connections to the in-memory engine do with requests that wait. */
@SuppressWarnings("FutureReturnValueIgnored") // because tests look at what the engine remembers
class InMemoryBackendTest {
    private static final long WAIT = Duration.ofMinutes(1).toNanos();

    private final ManualTime time = new ManualTime();
    private final InMemoryEngine engine = InMemoryEngine.create(time, time);
    private final LockBackend one = engine.connect();
    private final LockBackend other = engine.connect();
    private long requests;

    private AcquireRequest request(String client) {
        return new AcquireRequest(++requests, "orders/42", client, 1_000, WAIT, 0);
    }

    private static CompletableFuture<AcquireReply> ask(LockBackend backend, AcquireRequest request) {
        return backend.acquire(request).toCompletableFuture();
    }

    private static CompletionStage<Optional<Grant>> turn(CompletableFuture<AcquireReply> queued) {
        return ((AcquireReply.Queued) queued.join()).grant();
    }

    @Test
    void closedConnectionTakesItsWaitersAlongAndNoOthers() {
        ask(other, request("holder"));
        CompletionStage<Optional<Grant>> own = turn(ask(one, request("a")));
        CompletionStage<Optional<Grant>> others = turn(ask(other, request("b")));
        one.close();
        assertThat(own.toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(LockBackendException.class);
        time.advance(Duration.ofSeconds(1));
        assertThat(others.toCompletableFuture())
                .isCompletedWithValueMatching(
                        grant -> grant.orElseThrow().client().equals("b"));
    }

    @Test
    void requestThatIsSentAgainKeepsItsTurn() {
        ask(other, request("holder"));
        AcquireRequest request = request("a");
        CompletionStage<Optional<Grant>> turn = turn(ask(one, request));
        assertThat(turn(ask(one, request))).isSameAs(turn);
    }

    @Test
    void nothingIsLeftOfAConnectionThatIsClosed() {
        ask(other, request("holder"));
        ask(one, request("a"));
        ask(one, request("b"));
        one.close();
        time.advance(Duration.ofSeconds(1));
        assertThat(engine.size()).isZero();
    }

    @Test
    void nothingIsLeftOfAWithdrawnRequest() {
        AcquireRequest holder = request("holder");
        ask(other, holder);
        AcquireRequest request = request("a");
        ask(one, request);
        one.withdraw(request);
        other.withdraw(holder);
        assertThat(engine.size()).isZero();
    }

    @Test
    void closedConnectionRefusesWhatIsAskedAfterwards() {
        one.close();
        assertThat(ask(one, request("a")))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        LockBackendException.class,
                        failure -> assertThat(failure.outcomeKnown()).isTrue());
        assertThat(engine.size()).isZero();
    }
}
