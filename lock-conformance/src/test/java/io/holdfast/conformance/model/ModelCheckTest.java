package io.holdfast.conformance.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.LockInfo;
import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.ForwardingBackend;
import io.holdfast.conformance.InMemoryFixture;
import io.holdfast.conformance.RealTimeFixture;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ModelCheckTest {
    private static final int SEQUENCES = 20_000;
    private static final int MANY_SEQUENCES = 2_000_000;
    private static final int MANY = Integer.MAX_VALUE;
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String LATE_LEASE =
            "step 3, Inspect[resource=x]: the lock table says 'free', the backend 'held by a";

    @Test
    void theInMemoryEngineDoesWhatTheLockTableDoes() {
        try (BackendFixture fixture = fixture(UnaryOperator.identity())) {
            assertThat(new ModelCheck(fixture).check(0, SEQUENCES)).isGreaterThan(SEQUENCES);
        }
    }

    @Test
    @Tag("long")
    void theInMemoryEngineDoesWhatTheLockTableDoesForLong() {
        try (BackendFixture fixture = fixture(UnaryOperator.identity())) {
            assertThat(new ModelCheck(fixture).check(SEQUENCES, MANY_SEQUENCES)).isGreaterThan(MANY_SEQUENCES);
        }
    }

    /** As it is for a server: leases end when they end, and not all sequences can be judged to their end. */
    @Test
    void aStoreWithAClockOfItsOwnCanBeCheckedToo() {
        try (InMemoryEngine engine = InMemoryEngine.create();
                RealTimeFixture fixture = new RealTimeFixture(engine::connect, Duration.ofMillis(200))) {
            long begin = System.nanoTime();
            long steps = 0;
            // On a busy machine, sequences end early because nobody can tell what is right.
            for (int round = 0; steps <= 400 && System.nanoTime() - begin < LIMIT.toNanos(); round++) {
                steps += new ModelCheck(fixture).atATime(30).check(round * 120L, 120);
            }
            assertThat(steps).isGreaterThan(400);
            assertThat(new ModelCheck(fixture).withoutTime().check(0, 500)).isGreaterThan(5_000);
        }
    }

    @Test
    void aLeaseThatEndsTooLateInAStoreWithAClockOfItsOwnIsFound() {
        try (InMemoryEngine engine = InMemoryEngine.create();
                RealTimeFixture fixture =
                        new RealTimeFixture(() -> new LeasesLengthened(engine.connect()), Duration.ofMillis(200))) {
            Sequence sequence = lateLease();

            // A run is only judged as far as no pause of this machine makes its times uncertain.
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 20; i++) {
                            sequence.run(fixture);
                        }
                    })
                    .hasMessageContaining(LATE_LEASE);
        }
    }

    @Test
    void aDifferenceWhileThisProcessStandsStillCountsIfItComesEachTime() {
        AtomicInteger runs = new AtomicInteger();
        try (BackendFixture fixture = new StandingStill(true, store -> new LeasesLengthened(store, runs, MANY))) {
            assertThatThrownBy(() -> lateLease().run(fixture)).hasMessageContaining(LATE_LEASE);
        }
        assertThat(runs).as("the first run and three more").hasValue(4);
    }

    @Test
    void aDifferenceWhileThisProcessStandsStillDoesNotCountIfItDoesNotComeAgain() {
        AtomicInteger runs = new AtomicInteger();
        try (BackendFixture fixture = new StandingStill(true, store -> new LeasesLengthened(store, runs, 1))) {
            assertThatCode(() -> lateLease().run(fixture)).doesNotThrowAnyException();
        }
        assertThat(runs).hasValue(2);
    }

    @Test
    void aDifferenceWhileThisProcessGoesOnCountsAtOnce() {
        AtomicInteger runs = new AtomicInteger();
        try (BackendFixture fixture = new StandingStill(false, store -> new LeasesLengthened(store, runs, 1))) {
            assertThatThrownBy(() -> lateLease().run(fixture)).hasMessageContaining(LATE_LEASE);
        }
        assertThat(runs).hasValue(1);
    }

    /** Looks at a lease of one unit when it has ended. */
    private static Sequence lateLease() {
        return Sequence.begin().acquire(1, "a", "x", 1, 0).pass(143).inspect("x");
    }

    @Test
    void aDifferenceIsShrunkAndPrintedAsATest() {
        try (BackendFixture fixture = fixture(ReleaseIgnoresTokens::new)) {
            assertThatThrownBy(() -> new ModelCheck(fixture).check(0, SEQUENCES))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("the lock table says 'nothing there', the backend 'done'")
                    .hasMessageContaining("Sequence.begin()\n            .acquire(")
                    .satisfies(failure -> assertThat(
                                    failure.getMessage().lines().filter(line -> line.contains("            .")))
                            .hasSizeLessThanOrEqualTo(7));
        }
    }

    @Test
    void aSequenceThatWasPrintedFailsWhenItIsPastedIn() {
        try (BackendFixture fixture = fixture(ReleaseIgnoresTokens::new)) {
            Sequence pasted = Sequence.begin()
                    .acquire(1, "a", "x", 1, 0)
                    .releaseHold(1)
                    .acquire(2, "a", "x", 1, 0)
                    .releaseHold(1);

            assertThatThrownBy(() -> pasted.run(fixture))
                    .hasMessage(
                            "step 4, ReleaseHold[request=1]: the lock table says 'nothing there', the backend 'done'");
        }
    }

    @Test
    void aGrantOfWhatWasTakenBackIsFound() {
        try (BackendFixture fixture = fixture(WithdrawalForgotten::new)) {
            assertThatThrownBy(() -> new ModelCheck(fixture).check(0, SEQUENCES))
                    .isInstanceOf(AssertionError.class);
        }
    }

    private static final class ReleaseIgnoresTokens extends ForwardingBackend {
        ReleaseIgnoresTokens(LockBackend backend) {
            super(backend);
        }

        @Override
        public CompletionStage<Boolean> release(HoldRef hold) {
            return super.release(HoldRef.ofClient(hold.resource(), hold.client()));
        }
    }

    /** Twice as long as asked for, the first so many. */
    private static final class LeasesLengthened extends ForwardingBackend {
        private final AtomicInteger asked;
        private final int lengthened;

        LeasesLengthened(LockBackend backend) {
            this(backend, new AtomicInteger(), MANY);
        }

        LeasesLengthened(LockBackend backend, AtomicInteger asked, int lengthened) {
            super(backend);
            this.asked = asked;
            this.lengthened = lengthened;
        }

        @Override
        public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
            int times = asked.incrementAndGet() <= lengthened ? 2 : 1;
            return super.acquire(new AcquireRequest(
                    request.id(),
                    request.resource(),
                    request.client(),
                    times * request.leaseMillis(),
                    request.waitNanos(),
                    request.startedAt()));
        }
    }

    private static final class WithdrawalForgotten extends ForwardingBackend {
        WithdrawalForgotten(LockBackend backend) {
            super(backend);
        }

        @Override
        public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
            return inspect(request.resource());
        }
    }

    /** The in-memory engine in time that the test owns, perhaps broken. */
    private static BackendFixture fixture(UnaryOperator<LockBackend> fault) {
        return new InMemoryFixture(1, (connections, time) -> fault.apply(connections.get(0)));
    }
}
