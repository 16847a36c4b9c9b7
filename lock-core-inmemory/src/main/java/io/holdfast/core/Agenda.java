package io.holdfast.core;

import io.holdfast.core.internal.Alarm;
import io.holdfast.core.internal.Spread;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All shards, and the one alarm that has their tasks run on time. */
final class Agenda {
    /** Enough that a few dozen threads on different resources seldom meet; a power of two. */
    private static final int SHARDS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(LockManager.class);

    private final Shard[] shards = new Shard[SHARDS];
    private final Ticker ticker;
    private final Alarm alarm;
    private final Consumer<RenewalBatch> renewer;

    Agenda(Ticker ticker, Scheduler scheduler, Consumer<RenewalBatch> renewer) {
        this.ticker = ticker;
        this.renewer = renewer;
        this.alarm = new Alarm(ticker, scheduler, this::ring);
        long now = ticker.read();
        for (int i = 0; i < SHARDS; i++) {
            shards[i] = new Shard(now);
        }
    }

    Shard shardOf(String resource) {
        return shards[Spread.stripe(resource, SHARDS)];
    }

    List<Shard> shards() {
        return List.of(shards);
    }

    void ringBy(long moment) {
        alarm.ringBy(moment);
    }

    /** Runs what is due; the renewals among it go out together. */
    private void ring() {
        long now = ticker.read();
        RenewalBatch renewals = new RenewalBatch();
        for (Shard shard : shards) {
            for (Task task : shard.takeDue(now)) {
                guard(task.resource(), () -> task.run(now, renewals));
            }
        }
        guard("renewals", () -> renewer.accept(renewals));
        for (Shard shard : shards) {
            OptionalLong next = shard.nextDue();
            if (next.isPresent()) {
                alarm.ringBy(next.getAsLong());
            }
        }
    }

    /** Runs something that, if it is broken, must keep neither the rest nor the next ring from happening. */
    private static void guard(String about, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error broken) {
            LOG.error("timed work failed: {}", about, broken);
        }
    }

    void close() {
        alarm.close();
    }
}
