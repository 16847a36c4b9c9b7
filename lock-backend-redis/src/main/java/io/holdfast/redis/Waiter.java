package io.holdfast.redis;

import io.holdfast.redis.wire.Address;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A request that may wait, from before it is sent until it is granted, dropped, withdrawn or has failed. */
final class Waiter {
    private final List<byte[]> keys;
    private final CompletableFuture<Optional<Grant>> turn = new CompletableFuture<>();
    private final AtomicBoolean gone = new AtomicBoolean();
    /** Not zero while somebody is at it: at first, whoever made this. */
    private final AtomicInteger asksWanted = new AtomicInteger(1);

    private final AtomicBoolean firstAsked = new AtomicBoolean();
    /** Keeps what is sent for this request apart from its withdrawal. */
    private final ReentrantLock sending = new ReentrantLock();

    private volatile AcquireRequest request;
    private volatile long deadline;
    private volatile boolean arrived;
    /** Where the server was last told to send news; null before. */
    private volatile @Nullable Address address;

    Waiter(AcquireRequest request, List<byte[]> keys) {
        this.request = request;
        this.keys = keys;
    }

    AcquireRequest request() {
        return request;
    }

    /** Notes the request's arrival, from which its wait counts. One that is sent again while it waits keeps its time, as it does in the server. */
    void arrived(AcquireRequest again, long now) {
        request = again;
        if (!arrived) {
            deadline = now + again.waitNanos();
            arrived = true;
        }
    }

    List<byte[]> keys() {
        return keys;
    }

    byte[] lock() {
        return keys.get(0);
    }

    /** Completes with the grant, or with nothing when the wait is over. */
    CompletableFuture<Optional<Grant>> turn() {
        return turn;
    }

    @Nullable
    Address address() {
        return address;
    }

    /** How long it may still wait, in nanoseconds; not more than zero when its time is over. */
    long waitLeft(long now) {
        return deadline - now;
    }

    boolean isGone() {
        return gone.get();
    }

    /** Ends this; true for the one caller who did. */
    boolean end() {
        return gone.compareAndSet(false, true);
    }

    /**
     * Ends the first asking, which ends with a place in the queue; true for the one caller who is to ask again, because that was
     * wanted meanwhile. Before, nobody else asks: a grant that they got would be one too many for whoever waits for the place.
     */
    boolean endFirstAsking() {
        return firstAsked.compareAndSet(false, true) && isWantedAgain(1);
    }

    /** Whether the first asking is over, so that whoever sends for this does no more than queue it, which is soon done. */
    boolean isFirstAsked() {
        return firstAsked.get();
    }

    /** Wants this to be asked again; true if the caller is to do so, false if whoever is at it will do so once more. */
    boolean wantAsking() {
        return asksWanted.getAndIncrement() == 0;
    }

    /** Ends a round of asking; true if it was wanted again since that began, and is to be done once more. */
    boolean isWantedAgain(int seen) {
        return !asksWanted.compareAndSet(seen, 0);
    }

    /** How often asking has been wanted since nobody was at it. */
    int asksWanted() {
        return asksWanted.get();
    }

    /** Sends the request, unless it has ended: then, gives null. */
    <T> @Nullable CompletableFuture<T> send(@Nullable Address from, Supplier<CompletableFuture<T>> sender) {
        sending.lock();
        try {
            if (isGone()) {
                return null;
            }
            address = from;
            return sender.get();
        } finally {
            sending.unlock();
        }
    }

    /** Returns when nothing is being sent any more, which is soon once this has ended; true if it has. */
    boolean awaitSending() {
        sending.lock();
        try {
            return isGone();
        } finally {
            sending.unlock();
        }
    }
}
