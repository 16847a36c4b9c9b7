package io.holdfast.etcd;

import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends requests to etcd until they are answered, they are refused, or their time is over. Thread-safe. */
final class Store {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdBackend.class);
    private static final long FIRST_PAUSE = 5_000_000;
    private static final long LONGEST_PAUSE = 250_000_000;

    private final Wire wire;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final long answerNanos;
    private volatile boolean closed;

    Store(Wire wire, Ticker ticker, Scheduler scheduler, long answerNanos) {
        this.wire = wire;
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.answerNanos = answerNanos;
    }

    Wire wire() {
        return wire;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    long now() {
        return ticker.read();
    }

    /** By when a command that begins now must be answered. */
    long deadline() {
        return now() + answerNanos;
    }

    long answerNanos() {
        return answerNanos;
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
    }

    /**
     * Sends a transaction that may be sent more than once.
     *
     * @param command what it is for, for messages
     */
    CompletableFuture<Sent> write(String command, TxnRequest request, long deadline) {
        Doubt doubt = new Doubt();
        return repeat(deadline, doubt, timeout -> wire.txn(request, timeout))
                .thenApply(response -> new Sent(response, doubt.arisen))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        doubt.arisen ? Failures.inDoubt(command, failure) : Failures.of(command, failure, true)));
    }

    /** Sends a transaction that only reads. */
    CompletableFuture<TxnResponse> read(String command, TxnRequest request, long deadline) {
        return repeat(command, deadline, timeout -> wire.txn(request, timeout));
    }

    /** Sends a request that may be sent more than once and changes nothing that anybody would have to know of. */
    <T> CompletableFuture<T> repeat(String command, long deadline, LongFunction<CompletableFuture<T>> attempt) {
        return repeat(deadline, new Doubt(), attempt)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(Failures.of(command, failure, true)));
    }

    private <T> CompletableFuture<T> repeat(long deadline, Doubt doubt, LongFunction<CompletableFuture<T>> attempt) {
        return attempt(deadline, doubt, FIRST_PAUSE, attempt);
    }

    private <T> CompletableFuture<T> attempt(
            long deadline, Doubt doubt, long pause, LongFunction<CompletableFuture<T>> attempt) {
        if (closed) {
            return CompletableFuture.failedFuture(Steps.closed());
        }
        long left = deadline - now();
        if (left <= 0) {
            return CompletableFuture.failedFuture(doubt.mostTelling(Status.DEADLINE_EXCEEDED.asRuntimeException()));
        }
        // Half of the time, so that there is a second try, perhaps at another node.
        return attempt.apply(Math.min(left, answerNanos / 2)).exceptionallyCompose(failure -> {
            if (!Failures.isNotApplied(failure)) {
                doubt.arisen = true;
            }
            long wait = pause / 2 + ThreadLocalRandom.current().nextLong(pause);
            Throwable telling = doubt.mostTelling(failure);
            if (!Failures.isTransient(failure) || deadline - now() - wait <= 0) {
                return CompletableFuture.failedFuture(telling);
            }
            LOG.debug("a request to etcd is sent again", failure);
            return wire.pause(wait)
                    .thenCompose(go -> attempt(deadline, doubt, Math.min(pause * 2, LONGEST_PAUSE), attempt));
        });
    }

    /**
     * An answer.
     *
     * @param response what etcd said last
     * @param doubtful whether an earlier copy of the request went unanswered, which may have been carried out or may be still
     */
    record Sent(TxnResponse response, boolean doubtful) {}

    /** Touched by one attempt after another. */
    private static final class Doubt {
        private volatile boolean arisen;
        private volatile @Nullable Throwable told;

        /** That no answer came in time says less than an earlier failure. */
        Throwable mostTelling(Throwable failure) {
            Throwable earlier = told;
            if (earlier != null && Status.fromThrowable(failure).getCode() == Status.Code.DEADLINE_EXCEEDED) {
                return earlier;
            }
            told = failure;
            return failure;
        }
    }
}
