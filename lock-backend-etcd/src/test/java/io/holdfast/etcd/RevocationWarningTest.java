package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.etcd.jetcd.Client;
import io.grpc.Status;
import io.holdfast.core.SystemTime;
import io.holdfast.testservers.EtcdServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Clusters whose deposed leaders may end live holds are warned of at the start. Alone, because it counts what is logged. */
@Isolated
class RevocationWarningTest {
    private static EtcdServer server;
    private static SystemTime time;

    private final Logger logger = (Logger) LoggerFactory.getLogger(RevocationWarning.class);
    private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

    @BeforeAll
    static void start() {
        server = EtcdServer.builder().dataInMemory().start();
        time = new SystemTime();
    }

    @AfterAll
    static void stop() {
        time.close();
        server.close();
    }

    @BeforeEach
    void listen() {
        // It is off where other tests connect to clusters again and again.
        logger.setLevel(Level.WARN);
        heard.start();
        logger.addAppender(heard);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(heard);
        logger.setLevel(Level.OFF);
    }

    @Test
    void anOldClusterIsWarnedOfOnce() {
        assertThat(warnings(CompletableFuture.completedFuture(new Wire.Cluster("3.5.12", 3))))
                .singleElement()
                .asString()
                .contains("3.5.12", "upgrade to 3.4.31, 3.5.13 or later");
    }

    @Test
    void anOldSingleNodeIsNot() {
        assertThat(warnings(CompletableFuture.completedFuture(new Wire.Cluster("3.5.12", 1))))
                .isEmpty();
    }

    @Test
    void aClusterThatDoesNotTellItsVersionIsNot() {
        assertThat(warnings(CompletableFuture.failedFuture(Status.PERMISSION_DENIED.asRuntimeException())))
                .isEmpty();
    }

    private List<String> warnings(CompletableFuture<Wire.Cluster> told) {
        Settings settings = settings();
        Wire wire = new HookedWire(Connector.wire(settings, time, time)) {
            @Override
            public CompletableFuture<Cluster> cluster(long timeoutNanos) {
                return told;
            }
        };
        Connector.backend(wire, settings, time, time, () -> {}).close();
        return heard.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static Settings settings() {
        Settings settings = new Settings();
        settings.endpoints(List.of(server.uri()));
        return settings;
    }

    @Test
    void bothKindsOfConnectionAskTheServer() throws Exception {
        Wire.Cluster expected = new Wire.Cluster(server.version(), 1);
        try (Wire wire = Connector.wire(settings(), time, time)) {
            assertThat(wire.cluster(TimeUnit.SECONDS.toNanos(10)).get(20, TimeUnit.SECONDS))
                    .isEqualTo(expected);
        }
        try (Client client = Client.builder().endpoints(server.uri()).build();
                Wire wire = new ClientWire(client, time, time, TimeUnit.SECONDS.toNanos(10))) {
            assertThat(wire.cluster(TimeUnit.SECONDS.toNanos(10)).get(20, TimeUnit.SECONDS))
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.3.8", "3.3.27", "3.4.0", "3.4.30", "3.5.0", "3.5.12", "3.5.12-rc.0"})
    void isAffected(String version) {
        assertThat(RevocationWarning.isAffected(version)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4.31", "3.4.37", "3.5.13", "3.5.16", "3.6.0", "3.6.0-alpha.0", "4.0.0", "unknown", ""})
    void isNotAffected(String version) {
        assertThat(RevocationWarning.isAffected(version)).isFalse();
    }
}
