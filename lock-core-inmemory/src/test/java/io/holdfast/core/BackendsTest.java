package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.holdfast.LockBackendException;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.spi.BackendFactory;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.TokenFloor;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BackendsTest {
    private final ManualTime time = new ManualTime();

    @Test
    void whatCannotBeOpenedIsClosedAgain() {
        ScriptedBackend backend = new ScriptedBackend();

        assertThatThrownBy(() -> Backends.open(real -> backend, manager -> manager.answerTimeout(Duration.ofHours(2))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(backend.closes).hasValue(1);
    }

    @Test
    void aConfigurationErrorOfOnePartClosesTheOthers() {
        ScriptedBackend there = new ScriptedBackend();
        Parts parts = new Parts("shard");
        parts.add("a", (ticker, scheduler) -> there);
        parts.add("b", "nowhere:");

        assertThatThrownBy(() -> parts.connect(time, time)).isInstanceOf(IllegalArgumentException.class);
        assertThat(there.closes).hasValue(1);
    }

    @Test
    void nobodyIsTriedAgainAfterTheClose() throws InterruptedException {
        AtomicInteger tries = new AtomicInteger();
        LockBackend late = late((ticker, scheduler) -> {
            tries.incrementAndGet();
            throw LockBackendException.notApplied("nobody is there", null);
        });
        late.close();
        time.advance(LateConnection.PAUSE.multipliedBy(3));

        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("holdfast-connect")) {
                thread.join();
            }
        }
        assertThat(tries).hasValue(1);
    }

    @Test
    void aStoreThatComesLaterIsClosedWithTheLock() throws InterruptedException {
        ScriptedBackend store = new ScriptedBackend();
        AtomicInteger tries = new AtomicInteger();
        LockBackend late = late((ticker, scheduler) -> {
            if (tries.getAndIncrement() == 0) {
                throw LockBackendException.notApplied("nobody is there", null);
            }
            return store;
        });
        assertThat(late.inspect("r").toCompletableFuture()).isCompletedExceptionally();
        time.advance(LateConnection.PAUSE);
        while (late.inspect("r").toCompletableFuture().isCompletedExceptionally()) {
            Thread.sleep(1);
        }

        assertThat(((TokenFloor) late).raiseFloor(0, 0).toCompletableFuture())
                .as("what the store can't do")
                .isCompletedExceptionally();
        late.close();
        assertThat(store.closes).hasValue(1);
    }

    @Test
    void whyAStoreCannotBeConnectedToIsToldOnceForEachReason() throws InterruptedException {
        AtomicInteger tries = new AtomicInteger();
        try (LogCapture log = new LogCapture(Backends.class)) {
            LockBackend late = late((ticker, scheduler) -> {
                throw LockBackendException.notApplied(
                        tries.getAndIncrement() < 2 ? "nobody is there" : "the password is wrong", null);
            });
            for (int tried = 1; tried < 5; tried++) {
                while (tries.get() == tried) {
                    // The next try is planned when the last has failed.
                    time.advance(LateConnection.PAUSE);
                    Thread.sleep(1);
                }
            }
            late.close();

            assertThat(log.at(Level.WARN))
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly(
                            "shard 'b' can't be connected to yet: nobody is there",
                            "shard 'b' can't be connected to yet: the password is wrong");
        }
    }

    /** One of two, of which the other is there. */
    private LockBackend late(BackendFactory factory) {
        Parts parts = new Parts("shard");
        parts.add("a", (ticker, scheduler) -> InMemoryEngine.create(time, time).connect());
        parts.add("b", factory);
        return parts.connect(time, time).get("b");
    }
}
