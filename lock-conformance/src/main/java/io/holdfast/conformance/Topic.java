package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

/** The tests of one topic: the fixture of the running test, and the words in which tests are written. */
abstract class Topic {
    static final String ALICE = "alice";
    static final String BOB = "bob";
    static final String CAROL = "carol";
    static final String DAVE = "dave";

    /** Longer than any test. */
    static final Duration LONG = Duration.ofHours(1);

    /** What the test locks; no other test, not even of an earlier run, uses this name. */
    final String resource = "contract/" + UUID.randomUUID();

    private final Supplier<BackendFixture> fixtures;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private @Nullable BackendFixture fixture;

    Topic(Supplier<BackendFixture> fixtures) {
        this.fixtures = fixtures;
    }

    @BeforeEach
    final void openFixture() {
        fixture = fixtures.get();
    }

    @AfterEach
    final void closeEverything() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        fixture().close();
    }

    final BackendFixture fixture() {
        if (fixture == null) {
            throw new IllegalStateException("no test runs");
        }
        return fixture;
    }

    /** Has something closed after the test, last opened first. */
    final <T extends AutoCloseable> T closing(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    final LockBackend connect() {
        return closing(fixture().connect());
    }

    /** Another process, connected to the same store. */
    final Peer peer() {
        return new Peer(connect(), this);
    }

    final Duration lease() {
        return fixture().shortestLease();
    }

    /** A little less than a lease: as near to its end as can be told here. */
    final Duration almostALease() {
        Duration slack = fixture().slack();
        return slack.isZero() ? lease().minusMillis(1) : lease().minus(slack.multipliedBy(2));
    }

    /** Lets time pass, and whatever is due then happen. */
    void pass(Duration duration) {
        fixture().letTimePass(duration);
    }

    /** Lets a whole lease pass: what was held before without renewal isn't held after. */
    final void passALease() {
        pass(lease().plus(fixture().slack()));
    }

    /** Lets what is on its way arrive. */
    final void settle() {
        pass(fixture().slack());
    }

    /** The store's answer, or a failed test if there is none. */
    final <T> T await(CompletionStage<T> answer) {
        return Waiting.forAnswer(answer, fixture().patience());
    }

    /** Waits for something that another thread brings about, within the fixture's patience. */
    final void eventually(String what, BooleanSupplier condition) {
        assertThat(Waiting.until(condition, fixture().patience())).as(what).isTrue();
    }

    /**
     * States what the test builds on, though it isn't its point. If it doesn't hold, the test can't say anything, and
     * the test of the promise that is broken fails in its place.
     */
    static void given(boolean holds, int promise, String what) {
        Assumptions.assumeTrue(holds, () -> "can't tell while promise " + promise + " is broken: " + what);
    }
}
