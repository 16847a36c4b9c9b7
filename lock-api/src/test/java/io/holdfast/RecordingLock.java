package io.holdfast;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A lock that remembers which calls reached it, with all their arguments. */
final class RecordingLock implements DistributedLock {
    static final LockOptions OPTIONS = LockOptions.defaults().withLease(Duration.ofSeconds(7));

    final List<List<Object>> calls = new ArrayList<>();
    final RecordingHandle handle = new RecordingHandle();
    RuntimeException failure;

    private void called(Object... call) {
        calls.add(Arrays.asList(call));
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public LockOptions defaultOptions() {
        return OPTIONS;
    }

    @Override
    public LockHandle acquire(String resource, String client, Duration timeout, LockOptions options) {
        called("acquire", resource, client, timeout, options);
        return handle;
    }

    @Override
    public Optional<LockHandle> tryAcquire(String resource, String client, Duration timeout, LockOptions options) {
        called("tryAcquire", resource, client, timeout, options);
        return Optional.of(handle);
    }

    @Override
    public CompletableFuture<LockHandle> acquireAsync(
            String resource, String client, Duration timeout, LockOptions options) {
        called("acquireAsync", resource, client, timeout, options);
        return CompletableFuture.completedFuture(handle);
    }

    @Override
    public boolean release(String resource, String client) {
        called("release", resource, client);
        return true;
    }

    @Override
    public boolean heartbeat(String resource, String client) {
        called("heartbeat", resource, client);
        return true;
    }

    @Override
    public Optional<LockInfo> inspect(String resource) {
        called("inspect", resource);
        return Optional.empty();
    }

    @Override
    public void close() {
        called("close");
    }

    /** A handle that counts how often it was closed. */
    static final class RecordingHandle implements LockHandle {
        int closes;

        @Override
        public String resource() {
            return "r";
        }

        @Override
        public String client() {
            return "a";
        }

        @Override
        public long fencingToken() {
            return 5;
        }

        @Override
        public Duration lease() {
            return OPTIONS.lease();
        }

        @Override
        public Duration remaining() {
            return OPTIONS.lease();
        }

        @Override
        public boolean isValid() {
            return closes == 0;
        }

        @Override
        public void ensureValid() {}

        @Override
        public boolean heartbeat() {
            return true;
        }

        @Override
        public void onLost(Consumer<? super LockHandle> listener) {}

        @Override
        public CompletableFuture<Boolean> releaseAsync() {
            closes++;
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public void close() {
            closes++;
        }
    }
}
