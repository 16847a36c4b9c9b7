package io.holdfast.conformance.history;

import io.holdfast.spi.Ticker;
import java.util.function.Consumer;

/** A call that has been sent. Written by one thread at a time, the one that learns of it; read by any. */
final class OpenCall {
    private final long number;
    private final Ticker ticker;
    private final Consumer<String> journal;
    private volatile Call call;

    OpenCall(long number, Call call, Ticker ticker, Consumer<String> journal) {
        this.number = number;
        this.call = call;
        this.ticker = ticker;
        this.journal = journal;
        journal.accept(Journal.line(number, call));
    }

    Call call() {
        return call;
    }

    long startedAt() {
        return call.startedAt();
    }

    /** It has a place in the queue. */
    void queued() {
        Call before = call;
        set(before, before.client(), before.token(), before.leaseNanos(), ticker.read(), Call.NEVER, Outcome.UNKNOWN);
    }

    void end(Outcome outcome) {
        Call before = call;
        end(outcome, before.client(), before.token(), before.leaseNanos());
    }

    void end(Outcome outcome, String client, long token, long leaseNanos) {
        Call before = call;
        set(before, client, token, leaseNanos, before.queuedAt(), ticker.read(), outcome);
    }

    private void set(
            Call before, String client, long token, long leaseNanos, long queuedAt, long endedAt, Outcome outcome) {
        call = new Call(
                before.process(),
                before.kind(),
                before.request(),
                before.resource(),
                client,
                token,
                leaseNanos,
                before.waitNanos(),
                before.startedAt(),
                queuedAt,
                endedAt,
                outcome);
        journal.accept(Journal.line(number, call));
    }
}
