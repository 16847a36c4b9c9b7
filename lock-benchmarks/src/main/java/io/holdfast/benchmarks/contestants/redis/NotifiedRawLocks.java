package io.holdfast.benchmarks.contestants.redis;

import io.holdfast.benchmarks.contestants.Setup;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.JedisPubSub;

/**
 * The floor whose waiters are told by pub/sub that the lock is free: a release publishes the resource's name, and one
 * thread of each JVM that waits for it tries again. Unfair: whoever asks at that moment may come first.
 */
public final class NotifiedRawLocks extends RawLocks {
    private static final String CHANNEL = PREFIX + "free";
    private static final String DELETE_AND_TELL =
            "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) redis.call('PUBLISH', '" + CHANNEL
                    + "', KEYS[1]) return 1 end return 0";
    /** A message can be missed: somebody asked before the waiter listened, or the holder died. */
    private static final long MISSED_MILLIS = 100;

    private final ConcurrentMap<String, Queue<Semaphore>> waiting = new ConcurrentHashMap<>();
    private final CountDownLatch listening = new CountDownLatch(1);
    private final JedisPubSub subscription = new JedisPubSub() {
        @Override
        public void onSubscribe(String channel, int subscribedChannels) {
            listening.countDown();
        }

        @Override
        public void onMessage(String channel, String key) {
            Queue<Semaphore> waiters = waiting.get(key);
            Semaphore first = waiters == null ? null : waiters.poll();
            if (first != null) {
                first.release();
            }
        }
    };

    /**
     * Connects and subscribes.
     *
     * @param setup where to
     */
    public NotifiedRawLocks(Setup setup) {
        super(setup, DELETE_AND_TELL);
        Thread listener = new Thread(() -> redis.subscribe(subscription, CHANNEL), "raw-pub-sub");
        listener.setDaemon(true);
        listener.start();
        try {
            if (!listening.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Redis doesn't answer to SUBSCRIBE");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while it subscribed", stop);
        }
    }

    @Override
    public RawHold acquire(String resource, String client) throws InterruptedException {
        RawHold hold = candidate(resource);
        if (tryAcquire(hold)) {
            return hold;
        }
        Queue<Semaphore> waiters = waiting.computeIfAbsent(hold.key(), absent -> new ConcurrentLinkedQueue<>());
        Semaphore turn = new Semaphore(0);
        while (true) {
            waiters.add(turn);
            // Once more, now that no message can be missed.
            if (tryAcquire(hold)) {
                if (!waiters.remove(turn)) {
                    pass(waiters);
                }
                return hold;
            }
            if (!turn.tryAcquire(MISSED_MILLIS, TimeUnit.MILLISECONDS)) {
                waiters.remove(turn);
                turn.drainPermits();
            } else if (tryAcquire(hold)) {
                return hold;
            }
        }
    }

    /** Gives a turn that isn't needed to the next. */
    private static void pass(Queue<Semaphore> waiters) {
        Semaphore next = waiters.poll();
        if (next != null) {
            next.release();
        }
    }

    @Override
    public void close() {
        subscription.unsubscribe();
        super.close();
    }
}
