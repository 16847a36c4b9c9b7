package io.holdfast.conformance;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a lock manager and its backend, counts what passes, and makes it fail to order: refused, answered
 * late, or never.
 */
public final class FaultyBackend extends ForwardingBackend {
    /** What can be counted and made to fail. */
    public enum Command {
        /** The command of that name and its first answer. */
        ACQUIRE,
        /** The later answer to a request that was queued. */
        GRANT,
        /** The command of that name. */
        WITHDRAW,
        /** The command of that name. */
        RELEASE,
        /** The command of that name, for however many holds. */
        RENEW,
        /** The command of that name. */
        INSPECT
    }

    /** How a command fails. */
    public enum Fault {
        /** It doesn't reach the store, and the caller is told so. Not for {@link Command#GRANT}. */
        REFUSED,
        /** The store carries it out, but the caller is told only that the connection was lost. */
        REPLY_LOST,
        /** The store carries it out, and the caller is told nothing until {@link #letRepliesPass}. */
        REPLY_HELD
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Command, Deque<Fault>> once = new EnumMap<>(Command.class);
    private final Map<Command, Fault> always = new EnumMap<>(Command.class);
    private final Map<Command, Integer> calls = new EnumMap<>(Command.class);
    private CompletableFuture<@Nullable Void> gate = new CompletableFuture<>();

    /**
     * Makes a backend that works until it is told to fail.
     *
     * @param target where the commands go
     */
    public FaultyBackend(LockBackend target) {
        super(target);
    }

    /**
     * Makes the next command of a kind fail; repeated calls are for the commands after it.
     *
     * @param command which kind
     * @param fault how it fails
     */
    public void failNext(Command command, Fault fault) {
        locked(() -> once.computeIfAbsent(command, kind -> new ArrayDeque<>()).add(fault));
    }

    /**
     * Makes all commands of a kind fail, until {@link #heal}.
     *
     * @param command which kind
     * @param fault how they fail
     */
    public void failAll(Command command, Fault fault) {
        locked(() -> always.put(command, fault));
    }

    /** Lets all commands succeed from now on. Replies that are held stay so. */
    public void heal() {
        locked(() -> {
            once.clear();
            always.clear();
            return true;
        });
    }

    /** Hands out all replies that were held. */
    public void letRepliesPass() {
        CompletableFuture<@Nullable Void> opened = locked(() -> {
            CompletableFuture<@Nullable Void> old = gate;
            gate = new CompletableFuture<>();
            return old;
        });
        opened.complete(null);
    }

    /**
     * How many commands of a kind have been sent, failed ones included.
     *
     * @param command which kind
     * @return their number so far
     */
    public int calls(Command command) {
        return locked(() -> calls.getOrDefault(command, 0));
    }

    /**
     * How many commands of all kinds have been sent.
     *
     * @return their number so far, without {@link Command#GRANT}, which nobody sends
     */
    public int calls() {
        return locked(() -> calls.values().stream().mapToInt(Integer::intValue).sum());
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        return pass(Command.ACQUIRE, () -> super.acquire(request)).thenApply(this::interceptGrant);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return pass(Command.WITHDRAW, () -> super.withdraw(request));
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        return pass(Command.RELEASE, () -> super.release(hold));
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return pass(Command.RENEW, () -> super.renew(holds));
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return pass(Command.INSPECT, () -> super.inspect(resource));
    }

    private AcquireReply interceptGrant(AcquireReply reply) {
        if (reply instanceof AcquireReply.Queued queued) {
            return new AcquireReply.Queued(
                    queued.holder(), queued.grant().thenCompose(grant -> answer(Command.GRANT, grant)));
        }
        return reply;
    }

    private <T> CompletionStage<T> answer(Command command, T reply) {
        return fail(next(command), command, () -> CompletableFuture.completedFuture(reply));
    }

    private <T> CompletionStage<T> pass(Command command, Supplier<CompletionStage<T>> send) {
        locked(() -> calls.merge(command, 1, Integer::sum));
        return fail(next(command), command, send);
    }

    private <T> CompletionStage<T> fail(@Nullable Fault fault, Command command, Supplier<CompletionStage<T>> send) {
        if (fault == null) {
            return send.get();
        }
        IOException cause = new IOException("a fault made to order");
        return switch (fault) {
            case REFUSED ->
                CompletableFuture.failedFuture(LockBackendException.notApplied(command + " was refused", cause));
            case REPLY_LOST ->
                send.get()
                        .thenCompose(reply -> CompletableFuture.failedFuture(
                                LockBackendException.outcomeUnknown("the reply to " + command + " was lost", cause)));
            case REPLY_HELD -> {
                CompletableFuture<@Nullable Void> held = locked(() -> gate);
                yield send.get().thenCompose(reply -> held.thenApply(opened -> reply));
            }
        };
    }

    private @Nullable Fault next(Command command) {
        lock.lock();
        try {
            Deque<Fault> planned = once.get(command);
            return planned == null || planned.isEmpty() ? always.get(command) : planned.poll();
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
