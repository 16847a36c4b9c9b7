package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.Grant;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Ticker;
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

    /** Longer than any test, too. */
    static final Duration LONG_LEASE = Duration.ofMinutes(30);

    /** What the test locks; no other test, not even of an earlier run, uses this name. */
    final String resource = "contract/" + UUID.randomUUID();

    private final Supplier<BackendFixture> fixtures;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private @Nullable BackendFixture fixture;
    /** When the last hold was asked for whose lease ends during the test; null if there was none. */
    private @Nullable Long leaseBegun;

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

    /** Far enough from the lease's end that it matters only whether the lease was extended half a lease after it began. */
    final Duration mostOfALease() {
        return lease().multipliedBy(3).dividedBy(4);
    }

    /** Lets time pass, and whatever is due then happen. */
    void pass(Duration duration) {
        long start = fixture().ticker().read();
        fixture().letTimePass(duration);
        Duration passed = Duration.ofNanos(fixture().ticker().read() - start);
        // In real time a pause of this process is no fault of the backend, but upsets what the tests expect of it.
        Assumptions.assumeTrue(
                passed.minus(duration).compareTo(fixture().slack()) <= 0,
                () -> "this machine was too busy: " + passed + " went by instead of " + duration);
    }

    /** Lets a whole lease pass: what was held before without renewal isn't held after. */
    final void passALease() {
        pass(lease().plus(fixture().slack()));
    }

    final Duration passedSince(long start) {
        return Duration.ofNanos(fixture().ticker().read() - start);
    }

    /** Aborts a test that was itself too slow to tell whether a lease, begun after this moment, ended early. */
    final void assumeInTime(long start) {
        Assumptions.assumeTrue(
                passedSince(start).compareTo(lease()) < 0, "this machine was too busy to look before the lease ended");
    }

    final void leaseBegins(long moment) {
        leaseBegun = moment;
    }

    /** Aborts a test that came too late for the hold which is to end by itself. */
    final void assumeLeaseLasts() {
        if (leaseBegun != null) {
            assumeInTime(leaseBegun);
        }
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
    void eventually(String what, BooleanSupplier condition) {
        assertThat(Waiting.until(condition, fixture().patience())).as(what).isTrue();
    }

    /** States that what is held is refused to others. */
    final void givenExclusion() {
        String control = resource + "/control/" + UUID.randomUUID();
        peer().take(AcquireRequests.of(
                control, ALICE, LONG, Duration.ZERO, fixture().ticker()));
        AcquireReply reply = peer().send(AcquireRequests.of(
                control, BOB, LONG, Duration.ZERO, fixture().ticker()));
        given(!(reply instanceof AcquireReply.Queued), 4, "a request that may not wait is queued");
        given(!(reply instanceof Grant), 1, "what one process holds is granted to another");
    }

    /** States that one waiter, and nobody else, gets what is released and is told of it. */
    final void givenNotification() {
        givenExclusion();
        String control = resource + "/control/" + UUID.randomUUID();
        Ticker ticker = fixture().ticker();
        Peer peer = peer();
        Grant held = peer.take(AcquireRequests.of(control, ALICE, LONG, Duration.ZERO, ticker));
        Waiter bob = peer().queue(AcquireRequests.of(control, BOB, LONG, LONG, ticker));
        Waiter carol = peer().queue(AcquireRequests.of(control, CAROL, LONG, LONG, ticker));
        peer.release(held);
        boolean told = Waiting.until(
                () -> bob.hasGrant() || carol.hasGrant(), fixture().patience());
        given(told, 10, "the waiter isn't told of the release");
        given(bob.stillWaits() || carol.stillWaits(), 10, "a release answers more than one waiter");
        AcquireReply newcomer = peer.send(AcquireRequests.of(control, DAVE, LONG, Duration.ZERO, ticker));
        given(!(newcomer instanceof Grant), 9, "a newcomer overtakes a waiter");
    }

    /** States that what was just handed to a waiter isn't granted to a newcomer. */
    static void givenNoOvertaking(Peer peer) {
        given(!(peer.tryOnce(DAVE) instanceof Grant), 9, "a newcomer overtakes a waiter");
    }

    /**
     * States what the test builds on, though it isn't its point. If it doesn't hold, the test can't say anything, and
     * the test of the promise that is broken fails in its place.
     */
    static void given(boolean holds, int promise, String what) {
        Assumptions.assumeTrue(holds, () -> "can't tell while promise " + promise + " is broken: " + what);
    }
}
