package io.holdfast.redis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The requests of which a copy may still reach a server after their end, because a connection broke while they were on
 * their way. Nearly always empty. When such a request ends, the server is told to ignore what comes late.
 *
 * <p>Thread-safe.
 */
final class LateCopies {
    /** How long a server remembers to ignore a request, and how long it is remembered here that it should. */
    static final Duration MEMORY = Duration.ofMinutes(10);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Long> until = new HashMap<>();
    private final ArrayDeque<Long> inOrder = new ArrayDeque<>();
    private volatile boolean empty = true;

    void add(long request, long now) {
        lock.lock();
        try {
            forgetOld(now);
            if (until.put(request, now + MEMORY.toNanos()) == null) {
                inOrder.add(request);
            }
            empty = false;
        } finally {
            lock.unlock();
        }
    }

    private void forgetOld(long now) {
        while (!inOrder.isEmpty() && until.getOrDefault(inOrder.peek(), now) - now <= 0) {
            until.remove(inOrder.remove());
        }
    }

    /** Whether no copy of any request is expected, as is nearly always so. */
    boolean areNone() {
        return empty;
    }

    boolean mayCome(long request) {
        if (empty) {
            return false;
        }
        lock.lock();
        try {
            return until.containsKey(request);
        } finally {
            lock.unlock();
        }
    }
}
