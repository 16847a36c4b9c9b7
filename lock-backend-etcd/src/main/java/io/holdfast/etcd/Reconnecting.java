package io.holdfast.etcd;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.holdfast.spi.Scheduler;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The pauses after which failed requests are sent again. While there are any and no node can be reached, connections are tried
 * again and again; once one of them is there, all pauses are over. gRPC alone would pause for up to two minutes, and who only
 * tried when a pause is over would wait for a second one until the new connection is found ready. Thread-safe.
 */
final class Reconnecting {
    /** How long a connection may be possible again before anybody tries, however many wait for it. */
    private static final long INTERVAL_NANOS = 50_000_000;

    private final ManagedChannel channel;
    private final Scheduler scheduler;
    /** How to end the pauses. */
    private final Set<Runnable> pauses = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean trying = new AtomicBoolean();
    private final AtomicBoolean listening = new AtomicBoolean();

    Reconnecting(ManagedChannel channel, Scheduler scheduler) {
        this.channel = channel;
        this.scheduler = scheduler;
    }

    /** Completes after a while, or when a lost connection is there again. */
    CompletableFuture<Void> pause(long nanos) {
        CompletableFuture<Void> pause = new CompletableFuture<>();
        Runnable end = () -> pause.complete(null);
        pauses.add(end);
        Scheduler.Cancellable alarm = scheduler.schedule(end, nanos);
        CompletableFuture<?> unused = pause.whenComplete((over, failure) -> {
            pauses.remove(end);
            alarm.cancel();
        });
        if (trying.compareAndSet(false, true)) {
            tryAgain();
        }
        return pause;
    }

    /** Also with a connection that is there, which may be to the one node that is cut off from the others. */
    private void tryAgain() {
        if (isDone()) {
            trying.set(false);
            // A pause may have begun meanwhile, and have been content with this.
            if (isDone() || !trying.compareAndSet(false, true)) {
                return;
            }
        }
        if (state() != ConnectivityState.READY && listening.compareAndSet(false, true)) {
            listen();
        }
        channel.resetConnectBackoff();
        scheduler.schedule(this::tryAgain, INTERVAL_NANOS);
    }

    private boolean isDone() {
        return pauses.isEmpty() || state() == ConnectivityState.SHUTDOWN;
    }

    private void listen() {
        channel.notifyWhenStateChanged(state(), this::changed);
    }

    /** Called by the channel, once for each time of listening. */
    private void changed() {
        ConnectivityState state = state();
        if (state == ConnectivityState.READY) {
            listening.set(false);
            // On another thread than the channel's own.
            scheduler.schedule(() -> List.copyOf(pauses).forEach(Runnable::run), 0);
        } else if (state != ConnectivityState.SHUTDOWN) {
            listen();
        }
    }

    private ConnectivityState state() {
        return channel.getState(false);
    }
}
