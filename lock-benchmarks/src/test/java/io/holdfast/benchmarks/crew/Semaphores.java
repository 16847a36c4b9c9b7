package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.contestants.NamedLocks;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Locks that exclude, with a say in what happens to who asks. */
final class Semaphores implements NamedLocks<Semaphore> {
    private final Entrance entrance;
    private final Map<String, Semaphore> all = new ConcurrentHashMap<>();

    Semaphores(Entrance entrance) {
        this.entrance = entrance;
    }

    /** What happens to who asks. */
    @FunctionalInterface
    interface Entrance {
        void pass(String resource, String client) throws InterruptedException;
    }

    @Override
    public Semaphore acquire(String resource, String client) throws InterruptedException {
        entrance.pass(resource, client);
        Semaphore semaphore = all.computeIfAbsent(resource, absent -> new Semaphore(1));
        semaphore.acquire();
        return semaphore;
    }

    @Override
    public void release(Semaphore hold) {
        hold.release();
    }

    /** Whether nobody holds any of them. */
    boolean areFree() {
        return all.values().stream().allMatch(each -> each.availablePermits() == 1);
    }
}
