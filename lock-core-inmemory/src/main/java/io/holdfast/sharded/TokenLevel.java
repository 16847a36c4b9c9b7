package io.holdfast.sharded;

import io.holdfast.spi.Scheduler;
import io.holdfast.spi.TokenFloor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the tokens of several stores at one level: a second after the last time, each is raised to the greatest token that any of
 * them has given. So a resource that comes to another store gets a greater token there, also if nobody has locked it on
 * the way.
 *
 * <p>A store that doesn't answer within a second is left to the next time, and keeps the others from nothing but that second. That a store isn't level any more is
 * told by a warning, and once more when it is again.
 */
final class TokenLevel implements AutoCloseable {
    /** From the end of one time to the beginning of the next; and how long a store may take to answer. */
    static final Duration EVERY = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(MovingBackend.class);

    private final List<Store> stores = new ArrayList<>();
    private final Scheduler scheduler;
    private volatile boolean closed;
    private volatile Scheduler.Cancellable timer = () -> {};

    TokenLevel(Map<String, ? extends TokenFloor> stores, Scheduler scheduler) {
        stores.forEach((name, store) -> this.stores.add(new Store(name, store)));
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
            CompletableFuture<?> unused = level().thenRun(this::start);
        }
    }

    /** Levels once; completes when all stores have answered, or failed to in time. */
    CompletableFuture<?> level() {
        List<CompletableFuture<Optional<TokenFloor.Floor>>> told =
                stores.stream().map(store -> ask(store, 0, 0)).toList();
        return all(told).thenCompose(done -> raise(told));
    }

    private CompletableFuture<?> raise(List<CompletableFuture<Optional<TokenFloor.Floor>>> told) {
        long greatest = told.stream()
                .flatMap(answer -> answer.join().stream())
                .mapToLong(TokenFloor.Floor::token)
                .max()
                .orElse(0);
        List<CompletableFuture<?>> raised = new ArrayList<>();
        for (int i = 0; i < told.size(); i++) {
            raised.add(raise(stores.get(i), told.get(i).join(), greatest));
        }
        return all(raised);
    }

    private CompletableFuture<?> raise(Store store, Optional<TokenFloor.Floor> told, long greatest) {
        if (told.isEmpty() || told.get().token() >= greatest) {
            store.note(told.isPresent());
            return CompletableFuture.completedFuture(null);
        }
        return ask(store, greatest, told.get().memory().incarnation())
                .thenAccept(raised -> store.note(
                        raised.filter(floor -> floor.token() >= greatest).isPresent()));
    }

    private static CompletableFuture<Void> all(List<? extends CompletableFuture<?>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }

    /** A store's answer, or empty if it fails or takes too long. */
    private CompletableFuture<Optional<TokenFloor.Floor>> ask(Store store, long token, long incarnation) {
        CompletableFuture<Optional<TokenFloor.Floor>> answer =
                quietly(() -> store.floor.raiseFloor(token, incarnation));
        if (answer.isDone()) {
            return answer;
        }
        Scheduler.Cancellable limit = scheduler.schedule(() -> answer.complete(Optional.empty()), EVERY.toNanos());
        CompletableFuture<?> unused = answer.whenComplete((told, failure) -> limit.cancel());
        return answer;
    }

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

    /** One of the stores, and whether it was level the last time. Used by one time after the other. */
    private static final class Store {
        private final String name;
        private final TokenFloor floor;
        private volatile boolean level = true;

        Store(String name, TokenFloor floor) {
            this.name = name;
            this.floor = floor;
        }

        void note(boolean isLevel) {
            if (level && !isLevel) {
                LOG.warn(
                        "the tokens of shard '{}' can't be brought level with the others': don't go on to the new map until they are again",
                        name);
            } else if (!level && isLevel) {
                LOG.warn("the tokens of shard '{}' are level with the others' again", name);
            }
            level = isLevel;
        }
    }
}
