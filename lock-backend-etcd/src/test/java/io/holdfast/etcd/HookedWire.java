package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/** A connection to a real etcd whose answers a test may lose or delay, which no server can be made to do at the right moment. */
class HookedWire implements Wire {
    private final Wire wire;

    HookedWire(Wire wire) {
        this.wire = wire;
    }

    /** Sees an answer to a transaction, and gives what is to be taken for it. */
    CompletableFuture<TxnResponse> answered(TxnRequest request, TxnResponse response) {
        return CompletableFuture.completedFuture(response);
    }

    /** Sends a revocation. */
    CompletableFuture<Void> revoking(long timeoutNanos, LongFunction<CompletableFuture<Void>> send) {
        return send.apply(timeoutNanos);
    }

    @Override
    public CompletableFuture<TxnResponse> txn(TxnRequest request, long timeoutNanos) {
        return wire.txn(request, timeoutNanos).thenCompose(response -> answered(request, response));
    }

    @Override
    public CompletableFuture<LeaseGrantResponse> grant(long lease, long seconds, long timeoutNanos) {
        return wire.grant(lease, seconds, timeoutNanos);
    }

    @Override
    public CompletableFuture<Void> revoke(long lease, long timeoutNanos) {
        return revoking(timeoutNanos, timeout -> wire.revoke(lease, timeout));
    }

    @Override
    public CompletableFuture<Long> timeToLive(long lease, long timeoutNanos) {
        return wire.timeToLive(lease, timeoutNanos);
    }

    @Override
    public CompletableFuture<Beat> keepAlive(long lease, boolean urgent) {
        return wire.keepAlive(lease, urgent);
    }

    @Override
    public Watching watch(ByteString queue, WatchListener listener) {
        return wire.watch(queue, listener);
    }

    @Override
    public boolean comparesRanges() {
        return wire.comparesRanges();
    }

    @Override
    public CompletableFuture<Cluster> cluster(long timeoutNanos) {
        return wire.cluster(timeoutNanos);
    }

    @Override
    public CompletableFuture<Void> pause(long nanos) {
        return wire.pause(nanos);
    }

    @Override
    public void close() {
        wire.close();
    }
}
