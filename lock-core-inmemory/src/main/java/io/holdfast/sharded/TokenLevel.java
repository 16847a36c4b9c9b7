package io.holdfast.sharded;

import io.holdfast.spi.Scheduler;
import io.holdfast.spi.TokenFloor;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Keeps the tokens of several stores at one level: once in a second, each is raised to the greatest token that any of
 * them has given. So a resource that comes to another store gets a greater token there, also if nobody has locked it on
 * the way.
 *
 * <p>A store that doesn't answer is left to the next time.
 */
final class TokenLevel implements AutoCloseable {
    /** How long it takes at most, while the stores answer, until a token is known to all of them. */
    static final Duration EVERY = Duration.ofSeconds(1);

    private final List<TokenFloor> stores;
    private final Scheduler scheduler;
    private volatile boolean closed;
    private volatile Scheduler.Cancellable timer = () -> {};

    TokenLevel(Collection<? extends TokenFloor> stores, Scheduler scheduler) {
        this.stores = List.copyOf(stores);
        this.scheduler = scheduler;
    }

    void start() {
        timer = scheduler.schedule(this::again, EVERY.toNanos());
        if (closed) {
            timer.cancel();
        }
    }

    private void again() {
        if (!closed) {
            CompletableFuture<?> unused = level();
            start();
        }
    }

    /** Levels once; completes when all stores have answered or failed to. */
    CompletableFuture<?> level() {
        List<CompletableFuture<Optional<TokenFloor.Floor>>> told = stores.stream()
                .map(store -> quietly(() -> store.raiseFloor(0, 0)))
                .toList();
        return all(told).thenCompose(done -> raise(told));
    }

    private CompletableFuture<?> raise(List<CompletableFuture<Optional<TokenFloor.Floor>>> told) {
        long greatest = told.stream()
                .flatMap(answer -> answer.join().stream())
                .mapToLong(TokenFloor.Floor::token)
                .max()
                .orElse(0);
        CompletableFuture<?>[] raised = new CompletableFuture<?>[stores.size()];
        for (int i = 0; i < raised.length; i++) {
            TokenFloor store = stores.get(i);
            raised[i] = told.get(i)
                    .join()
                    .filter(floor -> floor.token() < greatest)
                    .map(floor -> quietly(
                            () -> store.raiseFloor(greatest, floor.memory().incarnation())))
                    .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
        }
        return CompletableFuture.allOf(raised);
    }

    private static CompletableFuture<Void> all(List<? extends CompletableFuture<?>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }

    /** A store's answer, or empty: what fails now is tried again. */
    private static <T> CompletableFuture<Optional<T>> quietly(Supplier<CompletionStage<T>> call) {
        try {
            return call.get().toCompletableFuture().handle((answer, failure) -> Optional.ofNullable(answer));
        } catch (RuntimeException broken) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
    }

    @Override
    public void close() {
        closed = true;
        timer.cancel();
    }
}
