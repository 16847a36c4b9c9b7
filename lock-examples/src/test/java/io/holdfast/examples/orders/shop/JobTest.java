package io.holdfast.examples.orders.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.Locks;
import io.holdfast.examples.orders.input.Order;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** These run on the real clock, because the job does: its workers sleep between reading the stock and writing it. */
class JobTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int WORKERS = 8;

    private final DistributedLock locks = Locks.open("memory:");

    @AfterEach
    void close() {
        locks.close();
    }

    @Test
    void withTheLockExactlyTheStockIsSoldAndNoUnitMore() throws InterruptedException {
        List<Order> orders = ordersOf("mug", 120);
        Result result = run(lockedShop(new Stock(orders, 100), LONG), orders);
        assertThat(result.last().sold()).isEqualTo(100);
        assertThat(result.last().rejected()).isEqualTo(20);
        assertThat(result.books()).isEqualTo(new Books(1, 100, 0, 100, 0, 0, 0));
        assertThat(result.isRight()).isTrue();
    }

    @Test
    void withoutTheLockUnitsAreOversoldAndUpdatesLost() throws InterruptedException {
        List<Order> orders = ordersOf("mug", 200);
        Result result = run(Shop.withoutLock(new Stock(orders, 100)), orders);
        assertThat(result.books().oversold()).isPositive();
        assertThat(result.books().lost()).isPositive();
        assertThat(result.isRight()).isFalse();
        assertThat(result.ordersAddUp()).isTrue();
    }

    @Test
    void theLateWriteOfThePausedWorkerIsRefusedByItsToken() throws InterruptedException {
        List<Order> orders = ordersOf("mug", 40);
        Result result = run(lockedShop(new Stock(orders, 100), LONG), orders);
        assertThat(result.story()).hasValueSatisfying(story -> {
            assertThat(story.lateWriteRefused()).isTrue();
            assertThat(story.tokenOfA()).isLessThan(story.tokenOfB());
            assertThat(story.lease()).isEqualTo(Duration.ofSeconds(1));
            assertThat(story.order()).isEqualTo(orders.get(0));
            assertThat(story.outcome()).isEqualTo(Outcome.SOLD);
        });
        assertThat(result.books().left()).isEqualTo(60);
    }

    @Test
    void anOnlyOrderIsSoldInSpiteOfThePause() throws InterruptedException {
        List<Order> orders = ordersOf("mug", 1);
        Result result = run(lockedShop(new Stock(orders, 1), LONG), orders);
        assertThat(result.last().sold()).isEqualTo(1);
        assertThat(result.story()).isPresent();
        assertThat(result.isRight()).isTrue();
    }

    @Test
    void nobodyIsPausedIfNoOrderCanBeSold() throws InterruptedException {
        List<Order> orders = ordersOf("mug", 3);
        Result result = run(lockedShop(new Stock(orders, 0), LONG), orders);
        assertThat(result.last().rejected()).isEqualTo(3);
        assertThat(result.story()).isEmpty();
        assertThat(result.isRight()).isTrue();
    }

    @Test
    void anOrderThatGetsNoLockFailsWithAReasonAndIsCounted() throws InterruptedException {
        List<Order> orders = ordersOf("mug", 3);
        try (LockHandle inTheWay = locks.acquire("stock/mug", "somebody else", LONG)) {
            assertThat(inTheWay.isValid()).isTrue();
            Result result = run(lockedShop(new Stock(orders, 100), Duration.ZERO), orders);
            assertThat(result.last().failed()).isEqualTo(3);
            assertThat(result.failures()).allMatch(reason -> reason.contains("held by client 'somebody else'"));
            assertThat(result.story()).isEmpty();
            assertThat(result.ordersAddUp()).isTrue();
            assertThat(result.locksLeft()).hasValue(0);
        }
    }

    @Test
    void aStoppedJobLeavesTheRestUntouchedAndNothingLocked() throws InterruptedException {
        List<Order> orders = ordersOf("mug", 100_000);
        Job job = Job.start(orders, lockedShop(new Stock(orders, 100_000), LONG), WORKERS);
        job.stop();
        assertThat(job.awaitEnd(LONG)).isTrue();
        Result result = job.result();
        assertThat(result.untouched()).isPositive();
        assertThat(result.isRight()).isTrue();
        assertThat(result.locksLeft()).hasValue(0);
    }

    private Shop lockedShop(Stock stock, Duration timeout) {
        return Shop.withLock(stock, locks, timeout, LockOptions.defaults());
    }

    private static Result run(Shop shop, List<Order> orders) throws InterruptedException {
        Job job = Job.start(orders, shop, WORKERS);
        assertThat(job.awaitEnd(LONG)).isTrue();
        return job.result();
    }

    private static List<Order> ordersOf(String item, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new Order("A-" + i, item, 1, "Ann"))
                .toList();
    }
}
