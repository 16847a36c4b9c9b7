package io.holdfast.core;

import io.holdfast.LockBackendException;
import io.holdfast.spi.BackendFactory;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries to connect to a store that could not be connected to, a second after each try has failed, until it can be or this is closed. Thread-safe. */
final class LateConnection implements AutoCloseable {
    static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

    private final String what;
    private final BackendFactory factory;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private volatile LockBackendException failure;
    private volatile @Nullable LockBackend store;
    private volatile boolean closed;

    LateConnection(
            String what, BackendFactory factory, LockBackendException failure, Ticker ticker, Scheduler scheduler) {
        this.what = what;
        this.factory = factory;
        this.failure = failure;
        this.ticker = ticker;
        this.scheduler = scheduler;
    }

    /** The store, or null as long as it can't be connected to. */
    @Nullable
    LockBackend store() {
        return store;
    }

    /** Why the last try has failed, for a command that has not been sent. */
    LockBackendException failure() {
        LockBackendException last = failure;
        return LockBackendException.notApplied(String.valueOf(last.getMessage()), last);
    }

    void tryLater() {
        if (!closed) {
            scheduler.schedule(this::tryOnThread, PAUSE.toNanos());
        }
    }

    /** Connecting takes as long as it takes, and the scheduler has other things to do. */
    private void tryOnThread() {
        Thread thread = new Thread(null, this::tryNow, "holdfast-connect", 0, false);
        thread.setContextClassLoader(LateConnection.class.getClassLoader());
        thread.setDaemon(true);
        thread.start();
    }

    private void tryNow() {
        if (closed) {
            return;
        }
        try {
            LockBackend connected = factory.backend(ticker, scheduler);
            store = connected;
            LOG.info("{} is connected now", what);
            if (closed) {
                connected.close();
            }
        } catch (RuntimeException again) {
            LockBackendException before = failure;
            failure = again instanceof LockBackendException known
                    ? known
                    : LockBackendException.notApplied(String.valueOf(again.getMessage()), again);
            tell(before);
            tryLater();
        }
    }

    /** Once for each reason: a server that is there by now may refuse its user, which nobody else tells while the other stores do without it. */
    private void tell(LockBackendException before) {
        String now = String.valueOf(failure.getMessage());
        if (now.equals(before.getMessage())) {
            LOG.debug("{} can't be connected to yet", what, failure);
        } else {
            LOG.warn("{} can't be connected to yet: {}", what, now);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockBackend connected = store;
        if (connected != null) {
            connected.close();
        }
    }
}
