package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.LockBackendException;
import io.holdfast.StaleTokenException;
import io.holdfast.testservers.RedisCluster;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.TcpProxy;
import io.holdfast.testservers.TestCertificate;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

class RedisFencingGuardTest {
    private static final String KEY = "stock:{shelf-7}";

    private RedisServer server;
    private RedisFencingGuard guard;

    @BeforeEach
    void connect() {
        server = RedisServer.start();
        guard = RedisFencingGuard.connect(server.uri());
    }

    @AfterEach
    void close() {
        guard.close();
        server.close();
    }

    @Test
    void acceptsTokensThatDoNotFall() {
        assertThat(guard.accept("shelf-7", 5)).isTrue();
        assertThat(guard.accept("shelf-7", 5)).isTrue();
        assertThat(guard.accept("shelf-7", 6)).isTrue();
        assertThat(guard.accept("shelf-7", 5)).isFalse();
    }

    @Test
    void comparesAllDigits() {
        assertThat(guard.accept("shelf-7", Long.MAX_VALUE)).isTrue();
        assertThat(guard.accept("shelf-7", Long.MAX_VALUE - 1)).isFalse();
        assertThat(guard.accept("shelf-8", 99)).isTrue();
        assertThat(guard.accept("shelf-8", 100)).isTrue();
    }

    @Test
    void resourcesHaveNothingInCommon() {
        assertThat(guard.accept("a", 5)).isTrue();
        assertThat(guard.accept("{a}", 4)).isTrue();
        assertThat(guard.accept("a ", 3)).isTrue();
    }

    @Test
    void writesUnderAnAcceptedToken() {
        guard.set("shelf-7", 5, KEY, "12");
        assertThat(server.command("GET", KEY)).isEqualTo("12");
    }

    @Test
    void writesNothingUnderAStaleToken() {
        guard.set("shelf-7", 5, KEY, "12");
        assertThatExceptionOfType(StaleTokenException.class)
                .isThrownBy(() -> guard.set("shelf-7", 4, KEY, "13"))
                .satisfies(stale -> assertThat(stale.newest()).isEqualTo(5));
        assertThat(server.command("GET", KEY)).isEqualTo("12");
    }

    @Test
    void remembersForEverUnlessToldOtherwise() {
        guard.accept("shelf-7", 5);
        assertThat(server.command("PTTL", "holdfast:fence:{shelf-7}")).isEqualTo(-1L);
        guard.forgettingAfter(Duration.ofHours(1)).accept("shelf-7", 6);
        assertThat((Long) server.command("PTTL", "holdfast:fence:{shelf-7}")).isBetween(3_500_000L, 3_600_000L);
    }

    @Test
    void worksOverAnApplicationsClientAndLeavesItOpen() {
        try (RedisClient client = RedisClient.create("127.0.0.1", server.port())) {
            try (RedisFencingGuard own = RedisFencingGuard.using(client)) {
                assertThat(own.accept("shelf-7", 5)).isTrue();
            }
            assertThat(client.ping()).isEqualTo("PONG");
        }
    }

    @Test
    void aTokenStandsUnderThePrefixAsADecimalNumber() {
        guard.accept("shelf-7", 5);
        assertThat(server.command("GET", "holdfast:fence:{shelf-7}")).isEqualTo("5");
        try (RedisFencingGuard byUri = RedisFencingGuard.connect(server.uri() + "?prefix=app:");
                RedisFencingGuard bySetting =
                        RedisFencingGuard.builder(server.uri()).prefix("app:").build()) {
            assertThat(byUri.accept("shelf-7", 3)).isTrue();
            assertThat(server.command("GET", "app:fence:{shelf-7}")).isEqualTo("3");
            assertThat(bySetting.accept("shelf-7", 2)).isFalse();
        }
    }

    @Test
    void anAnswerIsWaitedForAsLongAsIsSet() {
        Duration patience = Duration.ofMillis(1_600);
        try (TcpProxy proxy = TcpProxy.to(server);
                RedisFencingGuard patient = RedisFencingGuard.builder("redis://127.0.0.1:" + proxy.port())
                        .answerTimeout(patience)
                        .build()) {
            patient.accept("shelf-7", 5);
            proxy.silence(TcpProxy.Direction.TO_CLIENT);
            long begin = System.nanoTime();
            assertThatExceptionOfType(LockBackendException.class).isThrownBy(() -> patient.accept("shelf-7", 6));
            // A second unless set.
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(patience);
        }
    }

    @Test
    void theGuardSpeaksTlsWithCertificatesOfItsOwn() {
        try (RedisServer secure = RedisServer.builder().tls().start();
                RedisFencingGuard encrypted = RedisFencingGuard.builder(secure.uri())
                        .ssl(TestCertificate.get().sslContext(), null)
                        .build()) {
            assertThat(encrypted.accept("shelf-7", 5)).isTrue();
        }
    }

    @Test
    void inAClusterTheKeyMustBeInTheResourcesSlot() {
        try (RedisCluster cluster = RedisCluster.start(3, 0);
                RedisFencingGuard clustered = RedisFencingGuard.connect(TestBackends.uri(cluster))) {
            clustered.set("shelf-7", 5, KEY, "12");
            assertThat(cluster.primaryOf(KEY).command("GET", KEY)).isEqualTo("12");
            assertThatExceptionOfType(LockBackendException.class)
                    .isThrownBy(() -> clustered.set("shelf-7", 6, "stock:shelf-7", "13"))
                    .withMessageContaining("in braces")
                    .satisfies(refused -> assertThat(refused.outcomeKnown()).isTrue());
            assertThat(clustered.accept("shelf-7", 5)).isTrue();
        }
    }

    @Test
    void badArgumentsAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> guard.accept("shelf-7", 0))
                .withMessageContaining("token");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> guard.accept("", 1))
                .withMessageContaining("resource");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> guard.forgettingAfter(Duration.ZERO))
                .withMessageContaining("memory");
    }
}
