package io.holdfast.conformance;

import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Makes requests as a lock manager makes them. */
final class AcquireRequests {
    private AcquireRequests() {}

    static AcquireRequest of(String resource, String client, Duration lease, Duration wait, Ticker ticker) {
        long id = ThreadLocalRandom.current().nextLong();
        return new AcquireRequest(id, resource, client, lease.toMillis(), wait.toNanos(), ticker.read());
    }
}
