package io.holdfast.benchmarks.programs;

import io.holdfast.benchmarks.CriticalSection;
import io.holdfast.benchmarks.Labels;
import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.profile.Measured;
import io.holdfast.benchmarks.report.Metric;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/**
 * 100,000 virtual threads wait at once, 100 for each of 1,000 resources; then the resources are let go. Needs Java 21.
 * Platform threads are all that the JVM has but its own internal ones, carriers included.
 */
public final class VirtualThreadWaiters implements Program {
    private static final int RESOURCES = 1_000;
    private static final int WAITERS = 100_000;
    private static final int REHEARSING = 10;
    private static final String PINNED = "jdk.VirtualThreadPinned";
    private static final long GIVE_UP_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final double NANOS_PER_MILLI = 1e6;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    @Override
    public Map<Metric, Double> measure(Contestant contestant) throws Exception {
        ThreadFactory factory = VirtualThreads.factory();
        try (Recording events = new Recording();
                NamedLocks<?> locks = contestant.open()) {
            rehearse(locks, factory);
            events.enable(PINNED).withoutThreshold();
            events.start();
            Map<Metric, Double> figures = measure(locks, factory);
            events.stop();
            figures.put(Metric.lessIsBetter("virtual threads pinned", "times"), (double) pinned(events));
            return figures;
        }
    }

    /** A thread is pinned while a class is initialized, which happens once and isn't the price of a waiter. */
    private static <H> void rehearse(NamedLocks<H> locks, ThreadFactory factory) throws InterruptedException {
        H hold = locks.acquire("rehearsal", "holder");
        List<Thread> waiters = new ArrayList<>();
        for (int i = 0; i < REHEARSING; i++) {
            String client = Labels.of("rehearsing-", i);
            Thread waiter = factory.newThread(() -> {
                try {
                    locks.guard("rehearsal", client, () -> {});
                } catch (InterruptedException never) {
                    throw new IllegalStateException(never);
                }
            });
            waiter.start();
            waiters.add(waiter);
        }
        awaitAllWaiting(waiters);
        locks.release(hold);
        for (Thread waiter : waiters) {
            waiter.join();
        }
    }

    private static long pinned(Recording events) throws IOException {
        Path file = Files.createTempFile("pinned-", ".jfr");
        try {
            events.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals(PINNED))
                    .count();
        } finally {
            Files.delete(file);
        }
    }

    private <H> Map<Metric, Double> measure(NamedLocks<H> locks, ThreadFactory factory) throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<H> holds = new ArrayList<>();
        CriticalSection[] sections = new CriticalSection[RESOURCES];
        for (int i = 0; i < RESOURCES; i++) {
            sections[i] = new CriticalSection();
            holds.add(locks.acquire(Labels.of("resource-", i), Labels.of("holder-", i)));
        }
        long heapBefore = Heap.used();
        threads.resetPeakThreadCount();
        List<Thread> waiters = start(locks, sections, factory);
        awaitAllWaiting(waiters);
        long heapDuring = Heap.used();

        Measured measured = Measured.begin();
        long start = System.nanoTime();
        holds.forEach(locks::release);
        for (Thread waiter : waiters) {
            waiter.join();
        }
        double millis = (System.nanoTime() - start) / NANOS_PER_MILLI;
        double cpuMillis = measured.end() / NANOS_PER_MILLI;
        checkAllPassed(sections);

        Map<Metric, Double> figures = new LinkedHashMap<>();
        figures.put(Metric.lessIsBetter("all served after", "ms"), millis);
        figures.put(Metric.lessIsBetter("processor time to serve all", "ms"), cpuMillis);
        figures.put(
                Metric.lessIsBetter("heap per waiter, its thread included", "B"),
                (double) (heapDuring - heapBefore) / WAITERS);
        figures.put(Metric.lessIsBetter("platform threads at most", "threads"), (double) threads.getPeakThreadCount());
        return figures;
    }

    private List<Thread> start(NamedLocks<?> locks, CriticalSection[] sections, ThreadFactory factory) {
        List<Thread> waiters = new ArrayList<>(WAITERS);
        for (int i = 0; i < WAITERS; i++) {
            int number = i;
            CriticalSection section = sections[i % RESOURCES];
            Thread waiter = factory.newThread(() -> wait(locks, section, number));
            waiter.start();
            waiters.add(waiter);
        }
        return waiters;
    }

    private void wait(NamedLocks<?> locks, CriticalSection section, int number) {
        try {
            locks.guard(Labels.of("resource-", number % RESOURCES), Labels.of("client-", number), () -> {
                section.pass(number + 1);
            });
        } catch (InterruptedException | RuntimeException unexpected) {
            failure.compareAndSet(null, unexpected);
        }
    }

    /** Nothing tells when a thread has begun to wait but its state, so this asks for it again and again. */
    private static void awaitAllWaiting(List<Thread> waiters) throws InterruptedException {
        long start = System.nanoTime();
        for (Thread waiter : waiters) {
            while (waiter.getState() != Thread.State.WAITING && waiter.getState() != Thread.State.TIMED_WAITING) {
                if (System.nanoTime() - start > GIVE_UP_NANOS || waiter.getState() == Thread.State.TERMINATED) {
                    throw new IllegalStateException(waiter + " doesn't wait, but is " + waiter.getState());
                }
                Thread.sleep(1);
            }
        }
    }

    private void checkAllPassed(CriticalSection[] sections) {
        Throwable first = failure.get();
        if (first != null) {
            throw new IllegalStateException("a waiter failed", first);
        }
        for (CriticalSection section : sections) {
            if (section.passes() != WAITERS / RESOURCES) {
                throw new IllegalStateException("only " + section.passes() + " passes: the lock doesn't exclude");
            }
        }
    }
}
