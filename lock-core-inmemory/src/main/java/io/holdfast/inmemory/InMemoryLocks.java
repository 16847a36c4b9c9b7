package io.holdfast.inmemory;

import io.holdfast.DistributedLock;
import io.holdfast.LockProvider;
import io.holdfast.core.LockManager;
import io.holdfast.spi.BackendProvider;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.net.URI;
import java.util.Set;

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
        InMemoryEngine engine = InMemoryEngine.create();
        return LockManager.builder(engine.connectAsOwner())
                .time(engine.ticker(), engine.scheduler())
                .build();
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
