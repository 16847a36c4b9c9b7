package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.SystemTime;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.testservers.EtcdServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RepeatedRequestTest {
    /** Longer than any call may take. */
    private static final Duration LONG_AGO = Duration.ofMinutes(1);

    @Test
    void aRequestThatWasFirstMadeLongAgoIsStillAnswered() throws Exception {
        try (EtcdServer server = EtcdServer.builder().dataInMemory().start();
                SystemTime time = new SystemTime();
                EtcdBackend backend = EtcdFixture.connect(List.of(server.uri()), time, time, () -> {})) {
            long startedAt = time.read() - LONG_AGO.toNanos();
            AcquireRequest request = new AcquireRequest(7, "resource", "client", 3_000, 0, startedAt);
            Grant first = (Grant) backend.acquire(request).toCompletableFuture().get(10, TimeUnit.SECONDS);
            Grant again = (Grant) backend.acquire(request).toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertThat(again.token()).isEqualTo(first.token());
        }
    }
}
