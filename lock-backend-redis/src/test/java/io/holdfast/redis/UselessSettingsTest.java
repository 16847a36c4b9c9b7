package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.testservers.TestCertificate;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** Settings that could do nothing are refused before anything is sent: no server runs here. */
class UselessSettingsTest {
    private static final String NOWHERE = "redis://127.0.0.1:1";
    private static final Duration SHORT = Duration.ofMillis(100);

    private static RedisClient client;

    @BeforeAll
    static void makeClient() {
        client = RedisClient.create("127.0.0.1", 1);
    }

    @AfterAll
    static void closeClient() {
        client.close();
    }

    @Test
    void certificatesForAUriWithoutTls() {
        for (String scheme : new String[] {"redis", "redis+cluster", "redis+sentinel"}) {
            String uri = scheme + "://127.0.0.1:1" + (scheme.endsWith("sentinel") ? "/name" : "");
            refused("ssl", RedisLocks.builder(uri).ssl(TestCertificate.get().sslContext(), null)::build);
            refused(
                    "ssl",
                    RedisFencingGuard.builder(uri).ssl(TestCertificate.get().sslContext(), null)::build);
        }
    }

    @Test
    void whatAClientOfTheApplicationDecidesItself() {
        refusedForAClient("ssl", builder -> builder.ssl(TestCertificate.get().sslContext(), null));
        refusedForAClient("connectTimeout", builder -> builder.connectTimeout(SHORT));
        refusedForAClient("sentinelCredentials", builder -> builder.sentinelCredentials(null, "secret"));
    }

    @Test
    void credentialsForSentinelsThatThereAreNot() {
        refused("sentinelCredentials", RedisLocks.builder(NOWHERE).sentinelCredentials("ann", "secret")::build);
    }

    @Test
    void twoKindsOfConfirmation() {
        refused(
                "waitForReplicas",
                RedisLocks.builder(NOWHERE).waitForReplicas(1, SHORT).waitForDisk(0, SHORT)::build);
        refused(
                "waitForReplicas",
                RedisLocks.builder(NOWHERE).waitForDisk(0, SHORT).waitForReplicas(1, SHORT)::build);
    }

    @Test
    void aConfirmationThatTakesAsLongAsAnAnswer() {
        refused("waitForReplicas", RedisLocks.builder(NOWHERE).waitForReplicas(1, Duration.ofSeconds(1))::build);
        refused("waitForDisk", RedisLocks.builder(NOWHERE).answerTimeout(SHORT).waitForDisk(0, SHORT)::build);
    }

    private static void refusedForAClient(String setting, Consumer<ConnectionBuilder<?>> set) {
        RedisLocks.Builder locks = RedisLocks.builder(client);
        set.accept(locks);
        refused(setting, locks::build);
        RedisFencingGuard.Builder guard = RedisFencingGuard.builder(client);
        set.accept(guard);
        refused(setting, guard::build);
    }

    private static void refused(String setting, Runnable build) {
        assertThatIllegalArgumentException()
                .isThrownBy(build::run)
                .withMessageStartingWith(setting)
                .withMessageNotContaining("secret");
    }
}
