package io.holdfast.redis.wire;

import static io.holdfast.redis.wire.Lua.bytes;
import static io.holdfast.redis.wire.Lua.list;
import static io.holdfast.redis.wire.Lua.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.SystemTime;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.TestCertificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.providers.PooledConnectionProvider;

/** Connecting as the application's own client does, and encrypted. */
@Timeout(60)
@Execution(ExecutionMode.SAME_THREAD) // They share a server, and some change its settings or count its clients.
class JedisClientTest {
    private static RedisServer server;

    private final SystemTime time = new SystemTime();

    @BeforeAll
    static void start() {
        server = RedisServer.builder()
                .password("s3cr3t")
                .user("ann on >s3cr3t ~* &* +@all")
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void close() {
        time.close();
    }

    @Test
    void itsPoolIsLeftAlone() throws Exception {
        ConnectionPoolConfig one = new ConnectionPoolConfig();
        one.setMaxTotal(1);
        one.setMaxWait(Duration.ofSeconds(10));
        try (RedisClient client = client(RedisProtocol.RESP3, one)) {
            try (Wire wire = patient(client).build(time, time)) {
                SubscriptionTest.Heard heard = new SubscriptionTest.Heard();
                wire.listen(heard);
                wire.blocking().run(Lua.SET, list("k"), list("v")).join();
                Address address = wire.address(bytes("k")).get(20, TimeUnit.SECONDS);
                assertThat(client.get("k")).isEqualTo("v");
                assertThat(wire.run(Lua.PUBLISH, list("k"), List.of(address.channel(), bytes("hi")))
                                .get(20, TimeUnit.SECONDS)
                                .value())
                        .isEqualTo(1L);
                assertThat(heard.message()).isEqualTo("hi");
                assertThat(client.getPool().getNumActive()).isZero();
            }
            assertThat(client.get("k")).isEqualTo("v");
        }
    }

    @Test
    void itsDatabaseIsUsed() {
        try (RedisClient client = client(RedisProtocol.RESP2, new ConnectionPoolConfig());
                Wire wire = patient(client).build(time, time)) {
            wire.blocking().run(Lua.SET, list("in three"), list("v")).join();

            assertThat(client.get("in three")).isEqualTo("v");
            assertThat(server.command("GET", "in three")).isNull();
        }
    }

    @Test
    void theSubscriberOfAClientOfTheNewProtocolSurvivesPings() throws Exception {
        try (RedisClient client = client(RedisProtocol.RESP3, new ConnectionPoolConfig());
                Wire wire = WireBuilder.over(client)
                        .answerTimeout(Duration.ofMillis(300))
                        .build(time, time)) {
            SubscriptionTest.Heard heard = new SubscriptionTest.Heard();
            wire.listen(heard);
            Address address = wire.address(bytes("k")).get(20, TimeUnit.SECONDS);
            SubscriptionTest.assumeSleepsWell(Duration.ofSeconds(1)); // Pings go every 250 ms.

            assertThat(wire.run(Lua.PUBLISH, list("k"), List.of(address.channel(), bytes("hi")))
                            .get(20, TimeUnit.SECONDS)
                            .value())
                    .isEqualTo(1L);
            assertThat(heard.resubscribed).isEmpty();
        }
    }

    @Test
    void aServerThatItCantReachIsNamed() {
        try (RedisClient client = RedisClient.create("127.0.0.1", 1);
                Wire wire = WireBuilder.over(client).build(time, time)) {
            assertThat(ServerErrorsTest.failure(wire.blocking().run(Lua.ECHO, list("k"), list("x"))))
                    .hasMessageContaining("127.0.0.1:1")
                    .hasMessageContaining("is it running?");
        }
    }

    @Test
    @SuppressWarnings("deprecation") // The other kinds need other servers or libraries.
    void otherKindsAreRefused() {
        try (UnifiedJedis other = new UnifiedJedis(
                new PooledConnectionProvider(new HostAndPort("127.0.0.1", server.port())), 1, Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> WireBuilder.over(other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("RedisClient, RedisSentinelClient or RedisClusterClient");
        }
    }

    @Test
    void aUriMayNameUserAndDatabase() {
        try (Wire wire = TestWires.to("redis://ann:s3cr3t@127.0.0.1:" + server.port() + "/3")
                .build(time, time)) {
            wire.blocking().run(Lua.SET, list("also in three"), list("v")).join();

            assertThat(server.command("GET", "also in three")).isNull();
            assertThat(String.valueOf(server.command("CLIENT", "LIST"))
                            .lines()
                            .filter(client -> client.contains("user=ann")))
                    .singleElement()
                    .asString()
                    .contains("db=3");
        }
    }

    @Test
    void tlsCarriesCommandsAndMessages() throws Exception {
        try (RedisServer secure = RedisServer.builder().tls().password("s3cr3t").start();
                Wire wire = TestWires.to(secure.uri())
                        .ssl(TestCertificate.get().sslContext(), null)
                        .build(time, time)) {
            SubscriptionTest.Heard heard = new SubscriptionTest.Heard();
            wire.listen(heard);
            Address address = wire.address(bytes("k")).get(20, TimeUnit.SECONDS);
            wire.run(Lua.PUBLISH, list("k"), List.of(address.channel(), bytes("secretly")))
                    .get(20, TimeUnit.SECONDS);

            assertThat(heard.message()).isEqualTo("secretly");
        }
    }

    @Test
    void tlsOptionsOfJedisWorkToo() {
        TestCertificate certificate = TestCertificate.get();
        SslOptions options = SslOptions.builder()
                .trustStoreType("PKCS12")
                .truststore(certificate.trustStore().toFile(), TestCertificate.PASSWORD.toCharArray())
                .build();
        try (RedisServer secure = RedisServer.builder().tls().start();
                Wire wire = TestWires.to(secure.uri()).ssl(options).build(time, time)) {
            assertThat(text(wire.blocking()
                            .run(Lua.ECHO, list("k"), list("x"))
                            .join()
                            .value()))
                    .isEqualTo("x");
        }
    }

    private static WireBuilder patient(RedisClient client) {
        return WireBuilder.over(client).answerTimeout(TestWires.PATIENCE);
    }

    private static RedisClient client(RedisProtocol protocol, ConnectionPoolConfig pool) {
        return RedisClient.builder()
                .hostAndPort("127.0.0.1", server.port())
                .clientConfig(DefaultJedisClientConfig.builder()
                        .protocol(protocol)
                        .user("ann")
                        .password("s3cr3t")
                        .database(protocol == RedisProtocol.RESP2 ? 3 : 0)
                        .build())
                .poolConfig(pool)
                .build();
    }
}
