package io.holdfast.etcd;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Attaches the token that etcd gives for user and password to each call, and asks for a new one when the old one has been
 * {@link #refuse refused}. Calls that come while one is asked for wait for the answer. Thread-safe.
 */
final class Login extends CallCredentials {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private final Channel channel;
    private final AuthenticateRequest request;
    private final long timeoutNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<MetadataApplier> waiting = new ArrayList<>();
    private @Nullable Metadata token;
    private boolean asking;

    Login(Channel channel, String user, String password, long timeoutNanos) {
        this.channel = channel;
        this.request = AuthenticateRequest.newBuilder()
                .setName(user)
                .setPassword(password)
                .build();
        this.timeoutNanos = timeoutNanos;
    }

    @Override
    public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
        Metadata known;
        boolean ask = false;
        lock.lock();
        try {
            known = token;
            if (known == null) {
                waiting.add(applier);
                ask = !asking;
                asking = true;
            }
        } finally {
            lock.unlock();
        }
        if (known != null) {
            applier.apply(known);
        } else if (ask) {
            ask();
        }
    }

    private void ask() {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS);
        ClientCalls.asyncUnaryCall(
                channel.newCall(AuthGrpc.getAuthenticateMethod(), options), request, new StreamObserver<>() {
                    @Override
                    public void onNext(AuthenticateResponse response) {
                        Metadata fresh = new Metadata();
                        fresh.put(TOKEN, response.getToken());
                        settle(fresh, Status.OK);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        settle(null, Status.fromThrowable(failure));
                    }

                    @Override
                    public void onCompleted() {}
                });
    }

    private void settle(@Nullable Metadata fresh, Status failure) {
        List<MetadataApplier> appliers;
        lock.lock();
        try {
            token = fresh;
            asking = false;
            appliers = List.copyOf(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        for (MetadataApplier applier : appliers) {
            if (fresh != null) {
                applier.apply(fresh);
            } else {
                applier.fail(failure);
            }
        }
    }

    /** The server didn't accept the token: the next call asks for a new one. */
    void refuse() {
        lock.lock();
        try {
            token = null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "Login";
    }
}
