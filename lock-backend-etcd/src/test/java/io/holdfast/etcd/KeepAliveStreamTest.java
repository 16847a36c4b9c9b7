package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.SystemTime;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KeepAliveStreamTest {
    @Test
    void aKeepAliveFailsAtOnceWhereNoConnectionCanBeMade() throws Exception {
        int nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
        Settings settings = new Settings();
        settings.endpoints(List.of("127.0.0.1:" + nobody));
        settings.answerTimeout(Duration.ofMinutes(10));
        try (SystemTime time = new SystemTime();
                Wire wire = Connector.wire(settings, time, time)) {
            // The first tries to connect; the next ones find that this has failed a moment ago.
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> wire.keepAlive(1, true).get(20, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .hasMessageContaining("UNAVAILABLE");
            }
        }
    }
}
