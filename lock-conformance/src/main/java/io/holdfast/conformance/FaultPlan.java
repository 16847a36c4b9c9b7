package io.holdfast.conformance;

import io.holdfast.LockBackendException;
import io.holdfast.conformance.FaultyBackend.Command;
import io.holdfast.conformance.FaultyBackend.Fault;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which commands of a {@link FaultyBackend} fail and how, and how many there were. Thread-safe. */
final class FaultPlan {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Command, Deque<Fault>> once = new EnumMap<>(Command.class);
    private final Map<Command, Fault> always = new EnumMap<>(Command.class);
    private final Map<Command, Integer> calls = new EnumMap<>(Command.class);
    /** Replaced when the replies that it holds are let pass. */
    private CompletableFuture<@Nullable Void> gate = new CompletableFuture<>();

    void failNext(Command command, Fault fault) {
        locked(() -> once.computeIfAbsent(command, kind -> new ArrayDeque<>()).add(fault));
    }

    void failAll(Command command, Fault fault) {
        locked(() -> always.put(command, fault));
    }

    void heal() {
        locked(() -> {
            once.clear();
            always.clear();
            return true;
        });
    }

    void letRepliesPass() {
        CompletableFuture<@Nullable Void> opened = locked(() -> {
            CompletableFuture<@Nullable Void> old = gate;
            gate = new CompletableFuture<>();
            return old;
        });
        opened.complete(null);
    }

    int calls(Command command) {
        return locked(() -> calls.getOrDefault(command, 0));
    }

    int calls() {
        return locked(() -> calls.values().stream().mapToInt(Integer::intValue).sum());
    }

    <T> CompletionStage<T> answer(Command command, T reply) {
        return fail(next(command), command, () -> CompletableFuture.completedFuture(reply));
    }

    <T> CompletionStage<T> pass(Command command, Supplier<CompletionStage<T>> send) {
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
