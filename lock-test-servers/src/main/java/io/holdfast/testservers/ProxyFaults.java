package io.holdfast.testservers;

import io.holdfast.testservers.TcpProxy.Direction;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** What is wrong with a {@link TcpProxy} at the moment. */
final class ProxyFaults {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Direction> silent = EnumSet.noneOf(Direction.class);
    private final Map<Direction, Duration> delays = new EnumMap<>(Direction.class);
    private boolean nextReplyIsLost;

    void silence(Direction direction) {
        change(() -> silent.add(direction));
    }

    void delay(Direction direction, Duration delay) {
        change(() -> delays.put(direction, delay));
    }

    void loseNextReply() {
        change(() -> nextReplyIsLost = true);
    }

    void clear() {
        change(() -> {
            silent.clear();
            delays.clear();
            nextReplyIsLost = false;
        });
    }

    /** To be called when a connection has ended, for those who wait on its behalf. */
    void wake() {
        change(() -> {});
    }

    /** Tells one asker, once, that the reply to what it is about to deliver is to be lost. */
    boolean takeLossOfReply() {
        lock.lock();
        try {
            boolean lost = nextReplyIsLost;
            nextReplyIsLost = false;
            return lost;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until a piece may be delivered.
     *
     * @param direction where it goes
     * @param readAt when it came, in nanoseconds of this JVM's clock
     * @param givenUp tells whether the connection has ended
     */
    void await(Direction direction, long readAt, BooleanSupplier givenUp) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!givenUp.getAsBoolean()) {
                Duration delay = delays.getOrDefault(direction, Duration.ZERO);
                long left = readAt + delay.toNanos() - System.nanoTime();
                if (silent.contains(direction)) {
                    changed.await();
                } else if (left > 0) {
                    changed.awaitNanos(left);
                } else {
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable what) {
        lock.lock();
        try {
            what.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
