package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The requests to etcd that locks are made of. Each has a time limit of its own and fails with gRPC's exception, perhaps
 * wrapped. Answers come on threads that must not be blocked.
 *
 * <p>Thread-safe.
 */
interface Wire extends AutoCloseable {
    /** Runs a transaction; linearizable, also if it only reads. */
    CompletableFuture<TxnResponse> txn(TxnRequest request, long timeoutNanos);

    /** Makes a lease with an id of the caller's choice. */
    CompletableFuture<LeaseGrantResponse> grant(long lease, long seconds, long timeoutNanos);

    /** Ends a lease, and with it its keys. One that doesn't exist is ended already. */
    CompletableFuture<Void> revoke(long lease, long timeoutNanos);

    /** How many seconds a lease has left; less than zero if there is no such lease. */
    CompletableFuture<Long> timeToLive(long lease, long timeoutNanos);

    /**
     * Extends a lease to its full length.
     *
     * @param urgent whether somebody waits for the answer: it then doesn't queue up behind renewals
     */
    CompletableFuture<Beat> keepAlive(long lease, boolean urgent);

    /** Watches which keys that begin with a queue's prefix are deleted, from now on and until it is closed, whatever happens to connections. */
    Watching watch(ByteString queue, WatchListener listener);

    /** Whether a comparison in a transaction may be of a range of keys. */
    boolean comparesRanges();

    /** Asks one of the nodes about all of them. */
    CompletableFuture<Cluster> cluster(long timeoutNanos);

    /** Completes after a while, in which it tries lost connections again, or earlier if one of them is there again. */
    CompletableFuture<Void> pause(long nanos);

    @Override
    void close();

    /**
     * What is known of the nodes.
     *
     * @param version the version of the one that was asked
     * @param members how many there are
     */
    record Cluster(String version, int members) {}

    /**
     * The answer to a keep-alive.
     *
     * @param sentAt when it was sent, on the ticker
     * @param seconds the lease's length; 0 if there is no such lease
     * @param term the Raft term in which it was answered, as far as the answering node knew
     */
    record Beat(long sentAt, long seconds, long term) {}

    /** A watch that runs. */
    interface Watching {
        /** Ends it. */
        void close();
    }

    /** Is told what a watch sees; one call at a time. */
    interface WatchListener {
        /** From now on nothing is missed; what happened before may have been. */
        void created();

        /** What has been deleted, perhaps told for the second time. */
        void events(List<Event> events);
    }
}
