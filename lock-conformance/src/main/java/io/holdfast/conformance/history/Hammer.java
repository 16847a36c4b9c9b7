package io.holdfast.conformance.history;

import io.holdfast.spi.LockBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Has many clients in many threads use a few resources as wildly as they may: they wait, cancel, interrupt, hold longer
 * than their lease, forget to release, ask twice and crash. Everything is recorded.
 *
 * <p>It runs in real time, with pauses of random length, because it is about what threads do to each other.
 */
public final class Hammer {
    private final String process;
    private final Supplier<LockBackend> connect;
    private final HammerPlan plan;
    private final Consumer<String> journal;

    /**
     * Prepares a hammer.
     *
     * @param process the name of this process in the history
     * @param connect makes connections to the store; grants are valid by {@link System#nanoTime}
     * @param plan what to do
     */
    public Hammer(String process, Supplier<LockBackend> connect, HammerPlan plan) {
        this(process, connect, plan, line -> {});
    }

    Hammer(String process, Supplier<LockBackend> connect, HammerPlan plan, Consumer<String> journal) {
        this.process = process;
        this.connect = connect;
        this.plan = plan;
        this.journal = journal;
    }

    /**
     * Hammers.
     *
     * @return all calls, as recorded
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public List<Call> run() throws InterruptedException {
        List<HammerConnection> connections = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(plan.connections() * plan.threads());
        try {
            List<Future<Void>> work = new ArrayList<>();
            for (int i = 0; i < plan.connections(); i++) {
                HammerConnection connection = new HammerConnection(process + i, connect, journal);
                connections.add(connection);
                for (int thread = 0; thread < plan.threads(); thread++) {
                    work.add(threads.submit(worker(connection, thread)));
                }
            }
            crash(connections);
            for (Future<Void> done : work) {
                done.get();
            }
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a hammering thread failed", failed.getCause());
        } finally {
            threads.shutdownNow();
            connections.forEach(HammerConnection::close);
        }
        return connections.stream()
                .flatMap(connection -> connection.calls().stream())
                .toList();
    }

    private Callable<Void> worker(HammerConnection connection, int thread) {
        long end = System.nanoTime() + plan.duration().toNanos();
        HammerThread worker = new HammerThread(connection, plan, thread);
        return () -> {
            while (System.nanoTime() - end < 0) {
                worker.doSomething();
            }
            return null;
        };
    }

    private void crash(List<HammerConnection> connections) throws InterruptedException {
        Random random = new Random(plan.seed());
        for (int i = 0; i < plan.crashes(); i++) {
            TimeUnit.NANOSECONDS.sleep(plan.duration().toNanos() / (plan.crashes() + 1));
            connections.get(random.nextInt(connections.size())).crash();
        }
    }
}
