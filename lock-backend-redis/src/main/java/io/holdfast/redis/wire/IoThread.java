package io.holdfast.redis.wire;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A daemon thread that starts with the first need for it, works whenever it is woken, and is parked otherwise. */
final class IoThread {
    private static final long PAUSE_AFTER_ERROR_NANOS = 10_000_000;

    private final String name;
    private final LongSupplier work;
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private volatile boolean stopped;

    /**
     * Not started yet.
     *
     * @param name what the thread is called
     * @param work what to do; returns after how many nanoseconds to do it again, or 0 for not before it is woken
     */
    IoThread(String name, LongSupplier work) {
        this.name = name;
        this.work = work;
    }

    void wake() {
        Thread running = thread.get();
        if (running == null && !stopped) {
            Thread fresh = Threads.daemon(name, this::run);
            if (thread.compareAndSet(null, fresh)) {
                fresh.start();
                return;
            }
            running = thread.get();
        }
        LockSupport.unpark(running);
    }

    /** Lets it work once more, and as long as there is more to do, and end. */
    void stop() {
        stopped = true;
        LockSupport.unpark(thread.get());
    }

    /** The thread, if it has been started. */
    @Nullable
    Thread thread() {
        return thread.get();
    }

    private void run() {
        try {
            work();
        } catch (Error broken) {
            // What this one was woken for meanwhile is another one's to do. Not at once: perhaps that breaks, too.
            LockSupport.parkNanos(PAUSE_AFTER_ERROR_NANOS);
            thread.set(null);
            wake();
            throw broken;
        } finally {
            thread.compareAndSet(Thread.currentThread(), null);
        }
    }

    private void work() {
        boolean last;
        do {
            boolean isStopping = stopped;
            long pause = work.getAsLong();
            last = isStopping && pause == 0;
            if (pause > 0) {
                LockSupport.parkNanos(this, pause);
            } else if (!stopped) {
                // The work may have used up the permit of stop(), so that its flag is asked again.
                LockSupport.park(this);
            }
            // Nobody but a stranger interrupts it, and a pending interrupt would keep it from parking.
            Thread.interrupted();
        } while (!last);
    }
}
