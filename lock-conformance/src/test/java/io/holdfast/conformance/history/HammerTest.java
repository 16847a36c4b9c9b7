package io.holdfast.conformance.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockInfo;
import io.holdfast.conformance.ForwardingBackend;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.LockBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** These take real time, as what they look for are the meetings of threads. */
class HammerTest {
    private static final Rules RULES = new Rules(true, Duration.ofMillis(500));
    private static final Duration LEASE = Duration.ofMillis(60);

    @Test
    void theInMemoryEngineGivesRightHistories() throws InterruptedException {
        HammerPlan plan = new HammerPlan(3, 4, 4, LEASE, Duration.ofSeconds(5), 4, 1);
        try (InMemoryEngine engine = InMemoryEngine.create()) {
            List<Call> history = new Hammer("p", engine::connect, plan).run();

            assertThat(history).hasSizeGreaterThan(1_000);
            Verdict.of(RULES, history).assertCorrect();
        }
    }

    @Test
    void twoStoresThatKnowNothingOfEachOtherAreFound() throws InterruptedException {
        try (InMemoryEngine one = InMemoryEngine.create();
                InMemoryEngine other = InMemoryEngine.create()) {
            AtomicInteger connections = new AtomicInteger();
            assertFound(
                    () -> connections.getAndIncrement() % 2 == 0 ? one.connect() : other.connect(),
                    broken -> broken.containsAll(List.of("mutual exclusion", "fencing")));
        }
    }

    @Test
    void aStoreThatForgetsToTakeRequestsBackIsFound() throws InterruptedException {
        try (InMemoryEngine engine = InMemoryEngine.create()) {
            assertFound(() -> new WithdrawalForgotten(engine.connect()), broken -> broken.contains("withdrawal"));
        }
    }

    @Test
    void aStoreWhoseLeasesAreTooShortIsFound() throws InterruptedException {
        try (InMemoryEngine engine = InMemoryEngine.create()) {
            assertFound(() -> new LeasesHalved(engine.connect()), broken -> !broken.isEmpty());
        }
    }

    @Test
    void theHistoriesOfSeveralProcessesAreOne(@TempDir Path folder) throws IOException, InterruptedException {
        HammerPlan plan = new HammerPlan(1, 3, 2, LEASE, Duration.ofSeconds(1), 0, 1);
        try (HammerFleet fleet = new HammerFleet(StoreOfItsOwn.class, "memory", plan, folder)) {
            List<Call> history = fleet.run(2);

            assertThat(history.stream().map(Call::process).distinct()).hasSizeGreaterThanOrEqualTo(2);
            // Each process locks in its own memory, so that only a checker that sees both can find fault with them.
            assertThat(rulesBrokenBy(history)).contains("mutual exclusion");
        }
    }

    /** Hammers a wrong store until it is found out, which takes as many calls as a busy machine needs several runs for. */
    private static void assertFound(Supplier<LockBackend> connect, Predicate<List<String>> expected)
            throws InterruptedException {
        List<String> broken = List.of();
        for (int run = 0; run < 10 && !expected.test(broken); run++) {
            broken = rulesBrokenBy(new Hammer("p", connect, shortPlan()).run());
        }
        assertThat(expected.test(broken)).as("found to be broken: %s", broken).isTrue();
    }

    private static HammerPlan shortPlan() {
        return new HammerPlan(2, 3, 2, LEASE, Duration.ofMillis(700), 0, 1);
    }

    private static List<String> rulesBrokenBy(List<Call> history) {
        return Verdict.of(RULES, history).violations().stream()
                .map(Violation::rule)
                .distinct()
                .toList();
    }

    /** Connects to an engine that lives in the connecting process. */
    public static final class StoreOfItsOwn implements Connector {
        @Override
        public LockBackend connect(String address) {
            return InMemoryEngine.create().connect();
        }
    }

    private static final class WithdrawalForgotten extends ForwardingBackend {
        WithdrawalForgotten(LockBackend backend) {
            super(backend);
        }

        @Override
        public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
    }

    /** Grants half of the lease that it says. */
    private static final class LeasesHalved extends ForwardingBackend {
        LeasesHalved(LockBackend backend) {
            super(backend);
        }

        @Override
        public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
            AcquireRequest half = new AcquireRequest(
                    request.id(),
                    request.resource(),
                    request.client(),
                    request.leaseMillis() / 2,
                    request.waitNanos(),
                    request.startedAt());
            return super.acquire(half).thenApply(reply -> reply instanceof Grant grant ? new Doubled(grant) : reply);
        }
    }

    private record Doubled(Grant grant) implements Grant {
        @Override
        public String resource() {
            return grant.resource();
        }

        @Override
        public String client() {
            return grant.client();
        }

        @Override
        public long token() {
            return grant.token();
        }

        @Override
        public long leaseMillis() {
            return 2 * grant.leaseMillis();
        }

        @Override
        public long validUntil() {
            return grant.validUntil() + TimeUnit.MILLISECONDS.toNanos(grant.leaseMillis());
        }
    }
}
