package io.holdfast.etcd;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Locks kept by etcd, as one process is connected to it. */
final class EtcdBackend implements LockBackend {
    private static final long CLOSE_PATIENCE_NANOS = 500_000_000;

    private final Desk desk;
    private final Capabilities capabilities;
    private final Renewals renewals;
    private final ConcurrentHashMap<PlaceName, Place> places = new ConcurrentHashMap<>();
    private final Runnable onClose;
    private volatile boolean closed;

    /**
     * Makes a backend.
     *
     * @param onClose what else is to be closed with it
     */
    EtcdBackend(Desk desk, Capabilities capabilities, Runnable onClose) {
        this.onClose = onClose;
        this.desk = desk;
        this.capabilities = capabilities;
        this.renewals = new Renewals(desk, places::get);
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        return at(request.resource(), request.client(), place -> place.acquire(request));
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return at(request.resource(), request.client(), place -> place.withdraw(request));
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        return at(hold.resource(), hold.client(), place -> place.release(hold));
    }

    private <T> CompletableFuture<T> at(
            String resource, String client, Function<Place, ? extends CompletionStage<T>> command) {
        if (closed) {
            return CompletableFuture.failedFuture(Steps.closed());
        }
        PlaceName name = new PlaceName(resource, client);
        while (true) {
            Place place = places.computeIfAbsent(name, this::open);
            CompletableFuture<T> answer = place.add(() -> command.apply(place));
            if (answer != null) {
                return answer;
            }
            // It has just ended; the next one is new.
            places.remove(name, place);
        }
    }

    private Place open(PlaceName name) {
        return new Place(name, desk, () -> places.remove(name));
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return closed ? CompletableFuture.failedFuture(Steps.closed()) : renewals.renew(holds);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return closed
                ? CompletableFuture.failedFuture(Steps.closed())
                : desk.looking()
                        .look(
                                desk.keys().queue(resource),
                                resource,
                                desk.store().deadline());
    }

    @Override
    public Duration answerTimeout() {
        return Duration.ofNanos(desk.store().answerNanos());
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    /** How much this remembers: zero when nothing is held and nobody waits. */
    int size() {
        return places.size();
    }

    @Nullable
    Place place(String resource, String client) {
        return places.get(new PlaceName(resource, client));
    }

    Desk desk() {
        return desk;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        places.values().forEach(Place::close);
        desk.queues().close();
        desk.leases().close(CLOSE_PATIENCE_NANOS);
        desk.store().close();
        desk.store().wire().close();
        onClose.run();
    }
}
