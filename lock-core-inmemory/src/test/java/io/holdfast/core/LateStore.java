package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.spi.BackendFactory;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A store that can't be reached until the test says so. */
public final class LateStore implements BackendFactory, AutoCloseable {
    private final InMemoryEngine engine = InMemoryEngine.create();
    private final CountDownLatch connected = new CountDownLatch(1);
    private volatile boolean there;

    /** The store is there from now on. Returns when somebody is connected, or fails. */
    public void appear() throws InterruptedException {
        there = true;
        assertThat(connected.await(LateConnection.PAUSE.toSeconds() + 20, TimeUnit.SECONDS))
                .as("connected")
                .isTrue();
    }

    @Override
    public LockBackend backend(Ticker ticker, Scheduler scheduler) {
        if (!there) {
            throw LockBackendException.notApplied("nobody is there", null);
        }
        LockBackend store = engine.connect();
        connected.countDown();
        return store;
    }

    /** Who holds a resource in this store. */
    public Optional<String> holder(String resource) {
        return engine.connect()
                .inspect(resource)
                .toCompletableFuture()
                .orTimeout(Duration.ofSeconds(10).toSeconds(), TimeUnit.SECONDS)
                .join()
                .map(LockInfo::client);
    }

    @Override
    public void close() {
        engine.close();
    }
}
