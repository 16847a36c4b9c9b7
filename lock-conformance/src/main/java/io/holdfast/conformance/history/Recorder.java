package io.holdfast.conformance.history;

import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.Ticker;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Writes down the calls of one process. Thread-safe.
 *
 * <p>Each call is also told to a journal as soon as something is known of it, so that what a process did before it was
 * killed can be read afterwards ({@link Journal}).
 */
public final class Recorder {
    private final String process;
    private final Ticker ticker;
    private final Consumer<String> journal;
    private final AtomicLong numbers = new AtomicLong();
    private final Queue<OpenCall> calls = new ConcurrentLinkedQueue<>();

    /**
     * Makes a recorder that keeps no journal.
     *
     * @param process the process's name
     * @param ticker a clock that all recorded processes share; {@link System#nanoTime} is one for the processes of one
     *     Linux machine
     */
    public Recorder(String process, Ticker ticker) {
        this(process, ticker, line -> {});
    }

    /**
     * Makes a recorder.
     *
     * @param process the process's name
     * @param ticker a clock that all recorded processes share
     * @param journal gets each line of the journal; must be thread-safe
     */
    public Recorder(String process, Ticker ticker, Consumer<String> journal) {
        this.process = process;
        this.ticker = ticker;
        this.journal = journal;
    }

    /**
     * Notes that a handle said that it is valid.
     *
     * @param resource what is held
     * @param client who holds it
     * @param token the hold's token
     * @param askedAt a moment just before the handle was asked
     */
    public void valid(String resource, String client, long token, long askedAt) {
        begin(Kind.VALID, 0, resource, client, token, 0, 0, askedAt).end(Outcome.DONE);
    }

    /**
     * The present moment on the recorder's clock.
     *
     * @return nanoseconds
     */
    public long now() {
        return ticker.read();
    }

    OpenCall acquire(AcquireRequest request) {
        long lease = TimeUnit.MILLISECONDS.toNanos(request.leaseMillis());
        String client = request.client();
        return begin(Kind.ACQUIRE, request.id(), request.resource(), client, 0, lease, request.waitNanos(), now());
    }

    OpenCall withdraw(AcquireRequest request) {
        return begin(Kind.WITHDRAW, request.id(), request.resource(), request.client(), 0, 0, 0, now());
    }

    OpenCall about(Kind kind, HoldRef hold) {
        return begin(kind, 0, hold.resource(), hold.client(), hold.token(), 0, 0, now());
    }

    void saw(long askedAt, LockInfo holder) {
        if (holder.status() == LockStatus.HELD) {
            begin(Kind.INSPECT, 0, holder.resource(), holder.client(), holder.fencingToken(), 0, 0, askedAt)
                    .end(Outcome.DONE);
        }
    }

    void sawFree(long askedAt, String resource) {
        begin(Kind.INSPECT, 0, resource, "", 0, 0, 0, askedAt).end(Outcome.NOTHING);
    }

    private OpenCall begin(
            Kind kind,
            long request,
            String resource,
            String client,
            long token,
            long leaseNanos,
            long waitNanos,
            long startedAt) {
        Call call = new Call(
                process,
                kind,
                request,
                resource,
                client,
                token,
                leaseNanos,
                waitNanos,
                startedAt,
                Call.NEVER,
                Call.NEVER,
                Outcome.UNKNOWN);
        OpenCall open = new OpenCall(numbers.incrementAndGet(), call, ticker, journal);
        calls.add(open);
        return open;
    }

    /**
     * What has been recorded so far.
     *
     * @return all calls; those that are still under way have no end
     */
    public List<Call> calls() {
        return calls.stream().map(OpenCall::call).toList();
    }
}
