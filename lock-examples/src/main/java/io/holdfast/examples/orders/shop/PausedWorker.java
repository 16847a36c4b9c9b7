package io.holdfast.examples.orders.shop;

import io.holdfast.LockException;
import io.holdfast.LockHandle;
import io.holdfast.StaleTokenException;
import io.holdfast.examples.orders.input.Order;
import io.holdfast.examples.orders.text.Text;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

/**
 * Worker A, which is paused past its lease, as a long garbage collection or a sleeping laptop would do it. Meanwhile its
 * order is given to worker B, which gets the lock when A's lease has run out, and sells. Then A wakes up and writes,
 * not knowing that it is too late: without fencing the order would be sold twice, from a number that is out of date.
 */
final class PausedWorker {
    private final LockedSeller a;
    private final LockedSeller b;
    private final Order order;
    private final CountDownLatch paused = new CountDownLatch(1);
    private final CompletableFuture<Optional<Outcome>> takenOver = new CompletableFuture<>();
    private volatile String scene = "";
    private volatile Optional<Story> story = Optional.empty();

    /** Gives an order to A, whose lease is short and not renewed, and to B, who waits longer than that. */
    PausedWorker(LockedSeller a, LockedSeller b, Order order) {
        this.a = a;
        this.b = b;
        this.order = order;
    }

    /** What A does. */
    void sellTooLate() {
        try (LockHandle hold = a.locks().acquire(order.resource(), a.client(), a.timeout(), a.options())) {
            long token = hold.fencingToken();
            long level =
                    a.guard().write(order.resource(), token, () -> a.stock().level(order.item()));
            scene = "Worker A holds " + Text.quoted(order.item()) + " by token " + Text.count(token)
                    + ", and is paused past its lease";
            paused.countDown();
            Optional<Outcome> outcome = takenOver.get();
            if (outcome.isPresent()) {
                boolean refused = !writeLate(token, level - order.quantity());
                long newer = b.activity().token();
                story = Optional.of(new Story(order, hold.lease(), token, newer, outcome.get(), refused));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (LockException | ExecutionException notPaused) {
            // Then there is no story. The order isn't lost: B has it.
            scene = "";
        } finally {
            paused.countDown();
        }
    }

    /** The mistake that this is about: a write without asking whether the hold still lasts. */
    private boolean writeLate(long token, long newLevel) {
        try {
            a.guard().write(order.resource(), token, () -> a.stock().sell(order, newLevel));
            return true;
        } catch (StaleTokenException refused) {
            scene = "Worker A woke up and wrote: refused, token " + Text.count(refused.token()) + " is older than "
                    + Text.count(refused.newest());
            return false;
        }
    }

    /** What B does. */
    void sellInstead(Tally tally) {
        Optional<Outcome> outcome = Optional.empty();
        try {
            paused.await();
            outcome = Optional.of(b.sell(order));
            tally.count(outcome.get());
        } catch (InterruptedException stopped) {
            tally.countAbandoned();
            Thread.currentThread().interrupt();
        } catch (LockException failed) {
            tally.countFailure(order, String.valueOf(failed.getMessage()));
        } finally {
            takenOver.complete(outcome);
        }
    }

    void awaitPause() throws InterruptedException {
        paused.await();
    }

    Order order() {
        return order;
    }

    /** What is happening now, in a sentence; empty while there is nothing to tell. */
    String scene() {
        return scene;
    }

    /** How it ended; empty if it hasn't, or if A was not paused after all. */
    Optional<Story> story() {
        return story;
    }
}
