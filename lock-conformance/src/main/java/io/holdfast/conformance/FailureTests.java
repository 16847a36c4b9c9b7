package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockClosedException;
import io.holdfast.LockHandle;
import io.holdfast.conformance.FaultyBackend.Command;
import io.holdfast.conformance.FaultyBackend.Fault;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Promise 13, the backend's failures: they are told as what they are. */
abstract class FailureTests extends LockTopic {
    /** How long a wrong answer may be waited for. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    FailureTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @Test
    @Promise(13)
    final void aFailureHasTheBackendsOwnAsItsCause() {
        assertThat(failureOf(Command.ACQUIRE, Fault.REFUSED, locks -> locks.tryAcquire(resource, ALICE)))
                .isInstanceOf(LockBackendException.class)
                .hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    @Promise(13)
    final void aRefusedCommandIsKnownToHaveChangedNothing() {
        assertThat(failureOf(Command.RELEASE, Fault.REFUSED, locks -> locks.release(resource, ALICE)))
                .isInstanceOfSatisfying(
                        LockBackendException.class,
                        failure -> assertThat(failure.outcomeKnown()).isTrue());
    }

    @Test
    @Promise(13)
    final void aLostAnswerIsAnUnknownOutcome() {
        assertThat(failureOf(Command.RELEASE, Fault.REPLY_LOST, locks -> locks.release(resource, ALICE)))
                .isInstanceOfSatisfying(
                        LockBackendException.class,
                        failure -> assertThat(failure.outcomeKnown()).isFalse());
    }

    @Test
    @Promise(13)
    final void noCommandHidesItsFailureInAnOrdinaryAnswer() {
        for (Fault fault : List.of(Fault.REFUSED, Fault.REPLY_LOST)) {
            assertThat(failureOf(Command.ACQUIRE, fault, locks -> locks.tryAcquire(resource, ALICE)))
                    .isInstanceOf(LockBackendException.class);
            assertThat(failureOf(Command.RELEASE, fault, locks -> locks.release(resource, ALICE)))
                    .isInstanceOf(LockBackendException.class);
            assertThat(failureOf(Command.RENEW, fault, locks -> locks.heartbeat(resource, ALICE)))
                    .isInstanceOf(LockBackendException.class);
            assertThat(failureOf(Command.INSPECT, fault, locks -> locks.inspect(resource)))
                    .isInstanceOf(LockBackendException.class);
        }
    }

    @Test
    @Promise(13)
    final void aFailedHeartbeatOfAHandleIsNoLoss() {
        FaultyBackend backend = faulty();
        Throwable failure = finish(call(locks(backend), locks -> {
            LockHandle hold = locks.acquire(resource, ALICE, Duration.ZERO, plain(LONG_LEASE));
            backend.failAll(Command.RENEW, Fault.REFUSED);
            Throwable failed = catchThrowable(hold::heartbeat);
            hold.ensureValid();
            return failed;
        }));
        assertThat(failure).isInstanceOf(LockBackendException.class);
    }

    @Test
    @Promise(13)
    final void noCommandOverACutConnectionReadsAsAnAnswer() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        fixture().faults().cut(peer.backend);
        List<CompletionStage<?>> answers = List.of(
                peer.backend.acquire(peer.request(BOB, Duration.ZERO)),
                peer.backend.acquire(peer.request(resource + "/free", BOB, LONG_LEASE, Duration.ZERO)),
                peer.backend.release(held),
                peer.backend.inspect(resource),
                peer.backend.inspect(resource + "/free"),
                peer.backend.renew(List.of(held)).thenApply(FailureTests::throwUnknown));
        pass(impatience());
        // A silent backend is for the lock manager to give up; only an answer would be wrong.
        boolean unused = Waiting.until(() -> answers.stream().allMatch(FailureTests::isDone), SILENCE);
        for (CompletionStage<?> answer : answers) {
            if (isDone(answer)) {
                assertThat(catchThrowable(() -> await(answer))).isInstanceOf(LockBackendException.class);
            }
        }
    }

    @Test
    @Promise(13)
    final void aRestoredConnectionWorks() {
        Peer peer = peer();
        Grant held = peer.take(ALICE);
        fixture().faults().cut(peer.backend);
        fixture().faults().restore(peer.backend);
        eventually("the connection works", () -> catchThrowable(() -> peer.renew(held)) == null);
        assertThat(peer.holder()).contains(ALICE);
        assertThat(peer.release(held)).isTrue();
    }

    @Test
    @Promise(13)
    final void aClosedConnectionFailsEveryCommand() {
        Peer peer = peer();
        LockBackend closed = peer.backend;
        closed.close();
        assertThatCode(closed::close).doesNotThrowAnyException();
        HoldRef hold = HoldRef.ofClient(resource, ALICE);
        for (CompletionStage<?> answer : List.of(
                closed.acquire(peer.request(ALICE, Duration.ZERO)),
                closed.withdraw(peer.request(ALICE, Duration.ZERO)),
                closed.release(hold),
                closed.renew(List.of(hold)).thenApply(FailureTests::throwUnknown),
                closed.inspect(resource))) {
            assertThatThrownBy(() -> await(answer)).isInstanceOf(LockBackendException.class);
        }
    }

    @Test
    @Promise(13)
    final void aClosedConnectionFailsItsWaiters() {
        peer().take(ALICE);
        Peer closing = peer();
        Waiter bob = closing.queue(BOB);
        closing.backend.close();
        assertThatThrownBy(bob::await).isInstanceOf(LockBackendException.class);
    }

    @Test
    @Promise(13)
    final void aClosedLockRefusesEveryCall() {
        DistributedLock locks = locks();
        locks.close();
        assertThatCode(locks::close).doesNotThrowAnyException();
        assertThatThrownBy(() -> locks.acquire(resource, ALICE, Duration.ZERO)).isInstanceOf(LockClosedException.class);
        assertThatThrownBy(() -> locks.tryAcquire(resource, ALICE)).isInstanceOf(LockClosedException.class);
        assertThat(catchThrowable(() -> await(locks.acquireAsync(resource, ALICE, LONG))))
                .isInstanceOf(LockClosedException.class);
        assertThatThrownBy(() -> locks.release(resource, ALICE)).isInstanceOf(LockClosedException.class);
        assertThatThrownBy(() -> locks.heartbeat(resource, ALICE)).isInstanceOf(LockClosedException.class);
        assertThatThrownBy(() -> locks.inspect(resource)).isInstanceOf(LockClosedException.class);
    }

    private Throwable failureOf(Command command, Fault fault, Call.Body<?> body) {
        FaultyBackend backend = faulty();
        backend.failAll(command, fault);
        Throwable failure = finish(call(locks(backend), locks -> catchThrowable(() -> body.run(locks))));
        assertThat(failure).as(command + " " + fault).isNotNull();
        return failure;
    }

    private <T> T finish(Call<T> call) {
        letEnd(call);
        return call.result();
    }

    private static boolean isDone(CompletionStage<?> answer) {
        return answer.toCompletableFuture().isDone();
    }

    private static Object throwUnknown(List<RenewOutcome> outcomes) {
        for (RenewOutcome outcome : outcomes) {
            if (outcome instanceof RenewOutcome.Unknown unknown) {
                throw unknown.cause();
            }
        }
        return outcomes;
    }
}
