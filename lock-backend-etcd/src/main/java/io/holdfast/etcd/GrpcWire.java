package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.holdfast.LockBackendException;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection of our own, over jetcd's generated messages: a deadline for each call, one stream for all watches, one for
 * keep-alives that somebody waits for and one for the others.
 *
 * <p>jetcd's client calls would do the same with a stream and two messages for each keep-alive, a stream for each watch, a
 * hop to another thread for each call, and no deadline.
 */
final class GrpcWire implements Wire {
    /** Asks a node that has lost its leader to end a stream, instead of letting it fall silent. */
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private final ManagedChannel channel;
    private final Runnable onClose;
    private final @Nullable Login login;
    private final CallOptions options;
    private final KeepAliveStream urgent;
    private final KeepAliveStream patient;
    private final WatchStream watches;
    private final Reconnecting reconnecting;

    /**
     * Makes the connection, which opens with the first call.
     *
     * @param channel closed with this
     * @param login null where etcd asks for none
     * @param onClose what else is to be closed
     */
    GrpcWire(
            ManagedChannel channel,
            @Nullable Login login,
            Ticker ticker,
            Scheduler scheduler,
            long timeoutNanos,
            Runnable onClose) {
        this.channel = channel;
        this.login = login;
        this.onClose = onClose;
        this.options = login == null ? CallOptions.DEFAULT : CallOptions.DEFAULT.withCallCredentials(login);
        Metadata leader = new Metadata();
        leader.put(HAS_LEADER, "true");
        Channel led = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(leader));
        this.urgent = new KeepAliveStream(led, options, ticker, scheduler, timeoutNanos);
        this.patient = new KeepAliveStream(led, options, ticker, scheduler, timeoutNanos);
        this.reconnecting = new Reconnecting(channel, scheduler);
        this.watches = new WatchStream(led, options, scheduler, reconnecting, this::refuseToken, timeoutNanos);
    }

    static LockBackendException closedException() {
        return LockBackendException.notApplied("the connection to etcd is closed", null);
    }

    @Override
    public CompletableFuture<TxnResponse> txn(TxnRequest request, long timeoutNanos) {
        return unary(KVGrpc.getTxnMethod(), request, timeoutNanos);
    }

    @Override
    public CompletableFuture<LeaseGrantResponse> grant(long lease, long seconds, long timeoutNanos) {
        LeaseGrantRequest request =
                LeaseGrantRequest.newBuilder().setID(lease).setTTL(seconds).build();
        return unary(LeaseGrpc.getLeaseGrantMethod(), request, timeoutNanos);
    }

    @Override
    public CompletableFuture<Void> revoke(long lease, long timeoutNanos) {
        LeaseRevokeRequest request =
                LeaseRevokeRequest.newBuilder().setID(lease).build();
        return unary(LeaseGrpc.getLeaseRevokeMethod(), request, timeoutNanos).handle((answer, failure) -> {
            if (failure != null && !Failures.isLeaseGone(failure)) {
                throw asUnchecked(failure);
            }
            return null;
        });
    }

    private static RuntimeException asUnchecked(Throwable failure) {
        Throwable cause = Failures.unwrap(failure);
        return cause instanceof RuntimeException unchecked
                ? unchecked
                : Status.fromThrowable(cause).asRuntimeException();
    }

    @Override
    public CompletableFuture<Long> timeToLive(long lease, long timeoutNanos) {
        LeaseTimeToLiveRequest request =
                LeaseTimeToLiveRequest.newBuilder().setID(lease).build();
        return unary(LeaseGrpc.getLeaseTimeToLiveMethod(), request, timeoutNanos)
                .thenApply(LeaseTimeToLiveResponse::getTTL);
    }

    @Override
    public CompletableFuture<Beat> keepAlive(long lease, boolean isUrgent) {
        return (isUrgent ? urgent : patient).send(lease);
    }

    @Override
    public Watching watch(ByteString queue, WatchListener listener) {
        return watches.watch(queue, listener);
    }

    @Override
    public boolean comparesRanges() {
        return true;
    }

    @Override
    public CompletableFuture<Cluster> cluster(long timeoutNanos) {
        return unary(MaintenanceGrpc.getStatusMethod(), StatusRequest.getDefaultInstance(), timeoutNanos)
                .thenCombine(
                        unary(ClusterGrpc.getMemberListMethod(), MemberListRequest.getDefaultInstance(), timeoutNanos),
                        (status, list) -> new Cluster(status.getVersion(), list.getMembersCount()));
    }

    @Override
    public CompletableFuture<Void> pause(long nanos) {
        return reconnecting.pause(nanos);
    }

    private <Q, A> CompletableFuture<A> unary(MethodDescriptor<Q, A> method, Q request, long timeoutNanos) {
        CompletableFuture<A> answer = call(method, request, timeoutNanos);
        return login == null ? answer : onceMore(answer, () -> call(method, request, timeoutNanos));
    }

    /** A call that was refused for its token has done nothing, and is sent again with another. */
    private <A> CompletableFuture<A> onceMore(CompletableFuture<A> answer, Supplier<CompletableFuture<A>> again) {
        return answer.exceptionallyCompose(failure -> {
            if (!Failures.isTokenExpired(failure)) {
                return CompletableFuture.failedFuture(failure);
            }
            refuseToken();
            return again.get();
        });
    }

    private void refuseToken() {
        if (login != null) {
            login.refuse();
        }
    }

    private <Q, A> CompletableFuture<A> call(MethodDescriptor<Q, A> method, Q request, long timeoutNanos) {
        CompletableFuture<A> answer = new CompletableFuture<>();
        CallOptions limited = options.withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS);
        ClientCalls.asyncUnaryCall(channel.newCall(method, limited), request, new StreamObserver<>() {
            @Override
            public void onNext(A value) {
                answer.complete(value);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                // A unary call that is answered has completed by onNext.
            }
        });
        return answer;
    }

    @Override
    public void close() {
        watches.close();
        urgent.close();
        patient.close();
        channel.shutdownNow();
        onClose.run();
    }
}
