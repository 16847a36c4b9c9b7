package io.holdfast.conformance.history;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Passes all calls on to a backend, and writes down when each began, when it was answered, and what the answer was. It
 * can crash: from then on nothing passes in either direction, as if the process had died.
 */
public final class RecordingBackend implements LockBackend {
    private final LockBackend backend;
    private final Recorder recorder;
    private final AtomicBoolean crashed;
    private final LockBackend blocking;

    /**
     * Stands before a backend.
     *
     * @param backend does the work; closed with this one
     * @param recorder writes down the calls
     */
    public RecordingBackend(LockBackend backend, Recorder recorder) {
        this(backend, recorder, new AtomicBoolean());
    }

    private RecordingBackend(LockBackend backend, Recorder recorder, AtomicBoolean crashed) {
        this.backend = backend;
        this.recorder = recorder;
        this.crashed = crashed;
        LockBackend waiting = backend.blocking();
        this.blocking = waiting == backend ? this : new RecordingBackend(waiting, recorder, crashed);
    }

    /** Writes down the calls of both views as those of one backend, which crashes as one. */
    @Override
    public LockBackend blocking() {
        return blocking;
    }

    /** Goes silent for good, without a word to the store. What has been sent may still take effect there. */
    public void crash() {
        crashed.set(true);
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        if (crashed.get()) {
            return new CompletableFuture<>();
        }
        OpenCall call = recorder.acquire(request);
        CompletableFuture<AcquireReply> reply = new CompletableFuture<>();
        pass(backend.acquire(request), reply, List.of(call), answer -> {
            if (answer instanceof AcquireReply.Queued queued) {
                call.queued();
                recorder.saw(call.startedAt(), queued.holder());
                reply.complete(new AcquireReply.Queued(queued.holder(), wait(call, queued)));
                return;
            }
            if (answer instanceof Grant grant) {
                granted(call, grant);
            } else if (answer instanceof AcquireReply.Held held) {
                call.end(Outcome.NOTHING);
                recorder.saw(call.startedAt(), held.holder());
            }
            reply.complete(answer);
        });
        return reply;
    }

    private CompletionStage<Optional<Grant>> wait(OpenCall call, AcquireReply.Queued queued) {
        CompletableFuture<Optional<Grant>> turn = new CompletableFuture<>();
        pass(queued.grant(), turn, List.of(call), granted -> {
            granted.ifPresentOrElse(grant -> granted(call, grant), () -> call.end(Outcome.NOTHING));
            turn.complete(granted);
        });
        return turn;
    }

    private static void granted(OpenCall call, Grant grant) {
        call.end(Outcome.DONE, grant.client(), grant.token(), TimeUnit.MILLISECONDS.toNanos(grant.leaseMillis()));
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        if (crashed.get()) {
            return new CompletableFuture<>();
        }
        OpenCall call = recorder.withdraw(request);
        CompletableFuture<Optional<LockInfo>> reply = new CompletableFuture<>();
        pass(backend.withdraw(request), reply, List.of(call), holder -> {
            call.end(Outcome.DONE);
            holder.ifPresent(info -> recorder.saw(call.startedAt(), info));
            reply.complete(holder);
        });
        return reply;
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        if (crashed.get()) {
            return new CompletableFuture<>();
        }
        OpenCall call = recorder.about(Kind.RELEASE, hold);
        CompletableFuture<Boolean> reply = new CompletableFuture<>();
        pass(backend.release(hold), reply, List.of(call), released -> {
            call.end(released ? Outcome.DONE : Outcome.NOTHING);
            reply.complete(released);
        });
        return reply;
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        if (crashed.get()) {
            return new CompletableFuture<>();
        }
        List<OpenCall> calls = new ArrayList<>();
        holds.forEach(hold -> calls.add(recorder.about(Kind.RENEW, hold)));
        CompletableFuture<List<RenewOutcome>> reply = new CompletableFuture<>();
        pass(backend.renew(holds), reply, calls, outcomes -> {
            for (int i = 0; i < calls.size(); i++) {
                calls.get(i).end(renewed(outcomes.get(i)));
            }
            reply.complete(outcomes);
        });
        return reply;
    }

    private static Outcome renewed(RenewOutcome outcome) {
        if (outcome instanceof RenewOutcome.Unknown) {
            return Outcome.UNKNOWN;
        }
        return outcome instanceof RenewOutcome.Lost ? Outcome.NOTHING : Outcome.DONE;
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        if (crashed.get()) {
            return new CompletableFuture<>();
        }
        long askedAt = recorder.now();
        CompletableFuture<Optional<LockInfo>> reply = new CompletableFuture<>();
        pass(backend.inspect(resource), reply, List.of(), holder -> {
            holder.ifPresentOrElse(info -> recorder.saw(askedAt, info), () -> recorder.sawFree(askedAt, resource));
            reply.complete(holder);
        });
        return reply;
    }

    private <T> void pass(
            CompletionStage<T> answer, CompletableFuture<?> reply, List<OpenCall> calls, Consumer<? super T> answered) {
        answer.whenComplete((value, failure) -> {
            if (crashed.get()) {
                return;
            }
            if (failure == null) {
                answered.accept(value);
                return;
            }
            calls.forEach(call -> call.end(failed(failure)));
            reply.completeExceptionally(failure);
        });
    }

    private static Outcome failed(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        boolean known = cause instanceof LockBackendException backendFailure && backendFailure.outcomeKnown();
        return known ? Outcome.FAILED : Outcome.UNKNOWN;
    }

    @Override
    public Capabilities capabilities() {
        return backend.capabilities();
    }

    @Override
    public void close() {
        backend.close();
    }
}
