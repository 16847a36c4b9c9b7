package io.holdfast.benchmarks.contestants.redis;

import io.holdfast.benchmarks.contestants.Setup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;

/**
 * The floor that renews what it holds: one thread, at a third of the lease, one script for each hold in pipelines of a
 * thousand. Waiters poll.
 */
public final class RenewedRawLocks extends RawLocks {
    private static final int PAUSE_MILLIS = 1;
    private static final int BATCH = 1000;
    private static final String EXTEND = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE',"
            + " KEYS[1], ARGV[2]) end return 0";

    private final ConcurrentMap<String, RawHold> holds = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final String extension;
    private final String leaseMillis;
    private final Future<?> renewal;

    /**
     * Connects.
     *
     * @param setup where to
     */
    public RenewedRawLocks(Setup setup) {
        super(setup, DELETE);
        extension = redis.scriptLoad(EXTEND);
        leaseMillis = Long.toString(setup.lease().toMillis());
        long period = setup.lease().toNanos() / 3;
        renewal = timer.scheduleAtFixedRate(this::renew, period, period, TimeUnit.NANOSECONDS);
    }

    @Override
    public RawHold acquire(String resource, String client) throws InterruptedException {
        RawHold hold = candidate(resource);
        while (!tryAcquire(hold)) {
            Thread.sleep(PAUSE_MILLIS);
        }
        holds.put(hold.key(), hold);
        return hold;
    }

    @Override
    public void release(RawHold hold) {
        holds.remove(hold.key());
        super.release(hold);
    }

    private void renew() {
        List<RawHold> batch = new ArrayList<>(BATCH);
        for (RawHold hold : holds.values()) {
            batch.add(hold);
            if (batch.size() == BATCH) {
                renew(batch);
                batch.clear();
            }
        }
        renew(batch);
    }

    private void renew(Collection<RawHold> batch) {
        List<Response<Object>> answers = new ArrayList<>(batch.size());
        try (Pipeline pipeline = redis.pipelined()) {
            for (RawHold hold : batch) {
                answers.add(pipeline.evalsha(extension, List.of(hold.key()), List.of(hold.value(), leaseMillis)));
            }
        }
        int i = 0;
        for (RawHold hold : batch) {
            if (!Long.valueOf(1).equals(answers.get(i++).get())) {
                holds.remove(hold.key(), hold);
            }
        }
    }

    @Override
    public void requireHeld(RawHold hold) {
        if (renewal.isDone() || !holds.containsKey(hold.key())) {
            throw new IllegalStateException(hold.key() + " isn't held any more");
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        super.close();
    }
}
