package io.holdfast.examples.orders.shop;

import io.holdfast.examples.orders.input.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Many workers that sell the orders of one file from one shop. Runs once. */
public final class Job {
    private final List<Order> orders;
    private final Queue<Order> open;
    private final Shop shop;
    private final Optional<PausedWorker> pausedWorker;
    private final Tally tally = new Tally();
    private final Waits waits = new Waits();
    private final List<Activity> activities = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final long startedAt = System.nanoTime();

    private Job(List<Order> orders, Shop shop) {
        this.orders = orders;
        this.open = new ConcurrentLinkedQueue<>(orders);
        this.shop = shop;
        this.pausedWorker = firstThatFits().flatMap(shop::pausedWorker);
    }

    /**
     * Starts the workers, after one that will be paused past its lease.
     *
     * @param orders what to sell
     * @param shop where
     * @param workers how many, at least 1
     * @return the running job
     * @throws InterruptedException if the thread is interrupted
     */
    public static Job start(List<Order> orders, Shop shop, int workers) throws InterruptedException {
        Job job = new Job(orders, shop);
        if (job.pausedWorker.isPresent()) {
            job.startPausedWorker(job.pausedWorker.get());
        }
        for (int i = 1; i <= workers; i++) {
            job.startWorker("worker " + i);
        }
        job.threads.shutdown();
        return job;
    }

    private Optional<Order> firstThatFits() {
        return orders.stream()
                .filter(order -> order.quantity() <= shop.stock().level(order.item()))
                .findFirst();
    }

    private void startPausedWorker(PausedWorker paused) throws InterruptedException {
        open.remove(paused.order());
        threads.execute(paused::sellTooLate);
        threads.execute(() -> paused.sellInstead(tally));
        paused.awaitPause();
    }

    private void startWorker(String name) {
        Activity activity = new Activity(name, waits);
        activities.add(activity);
        threads.execute(new Worker(open, shop.seller(name, activity), activity, tally));
    }

    /**
     * Waits for the end.
     *
     * @param timeout how long at most
     * @return true if all workers have ended
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        return threads.awaitTermination(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Has each worker let go of what it is doing; what is written stays. Returns at once. */
    public void stop() {
        threads.shutdownNow();
    }

    /**
     * Looks at the job while it runs.
     *
     * @return how far it is
     */
    public Snapshot snapshot() {
        return new Snapshot(
                orders.size(),
                tally.sold(),
                tally.rejected(),
                tally.failures().size(),
                waits.handOvers(),
                shop.stock().books().oversold(),
                activities.stream().map(Activity::state).toList(),
                pausedWorker.map(PausedWorker::scene).orElse(""),
                System.nanoTime() - startedAt);
    }

    /**
     * Looks at what has come of it, when all workers have ended.
     *
     * @return the result
     */
    public Result result() {
        Snapshot last = snapshot();
        return new Result(
                last,
                tally.failures(),
                open.size() + tally.abandoned(),
                shop.stock().books(),
                waits.histogram(),
                pausedWorker.flatMap(PausedWorker::story),
                shop.locksHeld(orders));
    }
}
