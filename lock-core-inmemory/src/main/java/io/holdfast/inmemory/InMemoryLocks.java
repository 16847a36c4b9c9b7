package io.holdfast.inmemory;

import io.holdfast.DistributedLock;
import io.holdfast.LockOptions;
import io.holdfast.LockProvider;
import io.holdfast.core.LockManager;
import io.holdfast.spi.BackendProvider;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.net.URI;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Locks in this process's memory: for tests, for applications that aren't distributed yet, and to see what Holdfast does. They keep every promise that concerns one
 * process; what is held ends with the process.
 */
public final class InMemoryLocks {
    private InMemoryLocks() {}

    /**
     * A lock of its own, shared with no other.
     *
     * @return the lock, to be closed by the caller
     */
    public static DistributedLock create() {
        return builder().create();
    }

    /**
     * Begins to configure a lock of its own.
     *
     * @return a builder with default settings
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Configures locks in memory. Not thread-safe. */
    public static final class Builder {
        private LockOptions defaultOptions = LockOptions.defaults();
        private @Nullable Executor callbackExecutor;

        private Builder() {}

        /**
         * Sets the options that apply where a call names none.
         *
         * @param options lease and renewal
         * @return this
         */
        public Builder defaultOptions(LockOptions options) {
            this.defaultOptions = Objects.requireNonNull(options, "options");
            return this;
        }

        /**
         * Sets who runs other people's code: listeners to lost holds, and what hangs on the futures of asynchronous acquires.
         *
         * @param executor as for {@link LockManager.Builder#callbackExecutor}
         * @return this
         */
        public Builder callbackExecutor(Executor executor) {
            this.callbackExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Makes a lock, shared with no other.
         *
         * @return the lock, to be closed by the caller
         */
        public DistributedLock create() {
            InMemoryEngine engine = InMemoryEngine.create();
            LockManager.Builder manager = LockManager.builder(engine.connectAsOwner())
                    .defaultOptions(defaultOptions)
                    .time(engine.ticker(), engine.scheduler());
            if (callbackExecutor != null) {
                manager.callbackExecutor(callbackExecutor);
            }
            return manager.build();
        }
    }

    /** Opens {@code memory:} for {@link io.holdfast.Locks#open}, and makes it a part of locks that are made of several. */
    public static final class Provider implements LockProvider, BackendProvider {
        /** For the service loader. */
        public Provider() {}

        @Override
        public Set<String> schemes() {
            return Set.of("memory");
        }

        @Override
        public DistributedLock open(URI uri) {
            requireNothingMore(uri);
            return create();
        }

        @Override
        public LockBackend connect(URI uri, Ticker ticker, Scheduler scheduler) {
            requireNothingMore(uri);
            return InMemoryEngine.create(ticker, scheduler).connectAsOwner();
        }

        private static void requireNothingMore(URI uri) {
            String rest = uri.getSchemeSpecificPart();
            if (!rest.equals("/") || uri.getFragment() != null) {
                throw new IllegalArgumentException("a memory: URI has nothing after the colon");
            }
        }
    }
}
