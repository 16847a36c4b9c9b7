package io.holdfast.quorum;

import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes back from single members what must not stay there, again and again while they can't be reached, for as long as it could last. */
final class Cleaner {
    private static final Logger LOG = LoggerFactory.getLogger(QuorumBackend.class);
    private static final long FIRST_PAUSE = 5 * Settings.NANOS_PER_MILLI;
    private static final long LONGEST_PAUSE = 1_000 * Settings.NANOS_PER_MILLI;

    private final Settings settings;
    private volatile boolean closed;

    Cleaner(Settings settings) {
        this.settings = settings;
    }

    /** Withdraws a request from a member; completes with the first try, whether or not it has succeeded. */
    CompletableFuture<?> withdraw(Member member, AcquireRequest sent) {
        long lasts = sent.waitNanos() + sent.leaseMillis() * Settings.NANOS_PER_MILLI;
        return repeat(member, () -> member.store().withdraw(sent), settings.now() + lasts, FIRST_PAUSE);
    }

    /** Releases a hold at a member that was out of reach when the others released it. */
    void release(Member member, HoldRef hold) {
        HoldRef named = new Named(hold.resource(), hold.client(), hold.token());
        later(member, () -> member.store().release(named), settings.now() + settings.longestLease(), FIRST_PAUSE);
    }

    private CompletableFuture<?> repeat(Member member, Supplier<CompletionStage<?>> command, long until, long pause) {
        return member.call(() -> command.get().thenApply(answer -> true)).handle((answer, failure) -> {
            if (failure != null) {
                LOG.debug("could not clean up yet", failure);
                later(member, command, until, pause);
            }
            return null;
        });
    }

    private void later(Member member, Supplier<CompletionStage<?>> command, long until, long pause) {
        if (!closed && until - settings.now() > 0) {
            long next = Math.min(2 * pause, LONGEST_PAUSE);
            settings.scheduler().schedule(() -> again(member, command, until, next), pause);
        }
    }

    private void again(Member member, Supplier<CompletionStage<?>> command, long until, long pause) {
        CompletableFuture<?> unused = repeat(member, command, until, pause);
    }

    void close() {
        closed = true;
    }
}
