package io.holdfast.core;

import io.holdfast.core.internal.Alarm;
import io.holdfast.core.internal.DueWheel;
import io.holdfast.core.internal.Stripes;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All shards, and the one alarm that has their tasks run on time. */
final class Agenda {
    private static final Logger LOG = LoggerFactory.getLogger(LockManager.class);

    private final Stripes<Shard> shards;
    private final Ticker ticker;
    private final Alarm alarm;
    private final Consumer<RenewalBatch> renewer;

    Agenda(Ticker ticker, Scheduler scheduler, Consumer<RenewalBatch> renewer) {
        this.ticker = ticker;
        this.renewer = renewer;
        this.alarm = new Alarm(ticker, scheduler, this::ring);
        // One beginning for all: their wheels then turn at the same moments, and the alarm rings once for all of them.
        long beginning = ticker.read();
        this.shards = new Stripes<>(() -> new Shard(beginning));
    }

    Shard shardOf(String resource) {
        return shards.of(resource);
    }

    List<Shard> shards() {
        return shards.made();
    }

    void ringBy(long moment) {
        alarm.ringBy(moment);
    }

    /** Runs what is due; the renewals among it go out together. */
    private void ring() {
        long now = ticker.read();
        RenewalBatch renewals = new RenewalBatch();
        List<Shard> all = shards.made();
        for (Shard shard : all) {
            for (Task task : shard.takeDue(now)) {
                guard(task.resource(), () -> task.run(now, renewals));
            }
        }
        guard("renewals", () -> renewer.accept(renewals));
        long delay = DueWheel.NEVER;
        for (Shard shard : all) {
            delay = Math.min(delay, shard.delayUntilDue(now));
        }
        if (delay != DueWheel.NEVER) {
            alarm.ringBy(now + delay);
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
