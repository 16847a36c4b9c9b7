package io.holdfast.conformance.model;

import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.LockBackend;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request of a sequence, and what has become of it on both sides. */
final class Asked {
    private final AcquireRequest request;
    private final LockBackend connection;
    private @Nullable CompletableFuture<Optional<Grant>> turn;
    private @Nullable Grant inModel;
    private @Nullable Grant inBackend;
    private boolean withdrawn;

    Asked(AcquireRequest request, LockBackend connection) {
        this.request = request;
        this.connection = connection;
    }

    AcquireRequest request() {
        return request;
    }

    LockBackend connection() {
        return connection;
    }

    /** The end of its wait, if it waits. */
    @Nullable
    CompletableFuture<Optional<Grant>> turn() {
        return turn;
    }

    /** Whether it waits no longer, because the backend has granted it. */
    boolean isToldOfItsTurn() {
        return turn != null && turn.isDone() && turn.join().isPresent();
    }

    void waitFor(CompletableFuture<Optional<Grant>> grant) {
        turn = grant;
    }

    void granted(Grant model, Grant backend) {
        turn = null;
        inModel = model;
        inBackend = backend;
    }

    void withdraw() {
        turn = null;
        withdrawn = true;
    }

    /** Whether it waits, or has been granted and not been taken back. */
    boolean mayBeSentAgain() {
        return !withdrawn && (turn != null || inModel != null);
    }

    boolean wasGranted() {
        return inModel != null;
    }

    Grant inModel() {
        return granted(inModel);
    }

    Grant inBackend() {
        return granted(inBackend);
    }

    private static Grant granted(@Nullable Grant grant) {
        if (grant == null) {
            throw new IllegalStateException("not granted yet");
        }
        return grant;
    }
}
