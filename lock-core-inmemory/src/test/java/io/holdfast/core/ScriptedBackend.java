package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A backend that answers when the test says so, and with what the test says. */
final class ScriptedBackend implements LockBackend {
    final Channel<AcquireRequest, AcquireReply> acquires = new Channel<>("acquire");
    final Channel<AcquireRequest, Optional<LockInfo>> withdrawals = new Channel<>("withdraw");
    final Channel<HoldRef, Boolean> releases = new Channel<>("release");
    final Channel<List<? extends HoldRef>, List<RenewOutcome>> renewals = new Channel<>("renew");
    final Channel<String, Optional<LockInfo>> inspections = new Channel<>("inspect");
    final AtomicInteger closes = new AtomicInteger();
    private volatile LockBackend view = this;

    /** Has a view of its own for callers that wait; the test tells by it who has called. */
    ScriptedBackend withView() {
        ScriptedBackend made = new ScriptedBackend();
        view = made;
        return made;
    }

    @Override
    public LockBackend blocking() {
        return view;
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        return acquires.ask(request);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return withdrawals.ask(request);
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        return releases.ask(hold);
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return renewals.ask(holds);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return inspections.ask(resource);
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities("scripted", Duration.ofMillis(1), Duration.ofMillis(1), true);
    }

    @Override
    public void close() {
        closes.incrementAndGet();
    }

    void assertNothingMoreWasAsked() {
        for (Channel<?, ?> channel : List.of(acquires, withdrawals, releases, renewals, inspections)) {
            assertThat(channel.asked).as(channel.name).isEmpty();
        }
    }

    /** One call that has arrived, and the answer that the test is to give. */
    record Asked<A, R>(A argument, CompletableFuture<R> answer) {
        void reply(R value) {
            assertThat(answer.complete(value)).isTrue();
        }

        void fail(Throwable failure) {
            assertThat(answer.completeExceptionally(failure)).isTrue();
        }
    }

    /** All calls of one method. */
    static final class Channel<A, R> {
        private static final long PATIENCE_SECONDS = 10;

        private final String name;
        private final BlockingQueue<Asked<A, R>> asked = new LinkedBlockingQueue<>();
        private volatile Function<A, CompletionStage<R>> script;
        private volatile boolean callersStay;

        Channel(String name) {
            this.name = name;
        }

        CompletionStage<R> ask(A argument) {
            Function<A, CompletionStage<R>> known = script;
            CompletableFuture<R> answer = new CompletableFuture<>();
            asked.add(new Asked<>(argument, answer));
            if (callersStay) {
                // Takes no notice of interrupts, and leaves them set.
                answer.handle((value, failure) -> true).join();
                return answer;
            }
            return known == null ? answer : known.apply(argument);
        }

        /** From now on no call returns before the test has answered it. */
        void keepCallers() {
            callersStay = true;
        }

        /** From now on answers every call at once. */
        void always(Function<A, R> reply) {
            script = argument -> CompletableFuture.completedFuture(reply.apply(argument));
        }

        /** From now on does whatever the test has in mind: fails, throws, returns nothing. */
        void behave(Function<A, CompletionStage<R>> behaviour) {
            script = behaviour;
        }

        /** From now on waits for the test again. */
        void hesitate() {
            script = null;
        }

        /** The earliest call that the test hasn't taken yet; waits for one from another thread. */
        Asked<A, R> take() {
            try {
                Asked<A, R> call = asked.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertThat(call).as(name).isNotNull();
                return call;
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        int waiting() {
            return asked.size();
        }

        /** Forgets the calls that have arrived, and tells how many they were. */
        int skip() {
            int count = asked.size();
            asked.clear();
            return count;
        }
    }
}
