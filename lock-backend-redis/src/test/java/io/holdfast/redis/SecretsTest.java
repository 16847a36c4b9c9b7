package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/** What is written to the log, to the last word, through all that may go wrong with a password. Alone, because it sets the log's level. */
@Isolated
class SecretsTest {
    private static final String SECRET = "swordfish";
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.holdfast");
    private final ListAppender<ILoggingEvent> heard = new ListAppender<>();
    private Level before;

    @BeforeEach
    void listen() {
        before = logger.getLevel();
        logger.setLevel(Level.TRACE);
        heard.start();
        logger.addAppender(heard);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(heard);
        logger.setLevel(before);
    }

    @Test
    void noPasswordIsLogged() throws Exception {
        try (RedisServer server = RedisServer.builder().password(SECRET).start()) {
            String wrong = "redis://ann:" + SECRET + "-but-wrong@127.0.0.1:" + server.port();
            assertThatThrownBy(() -> RedisLocks.connect(wrong)).isInstanceOf(LockBackendException.class);
            try (DistributedLock locks = TestBackends.locks(server.uri())) {
                LockHandle hold = locks.acquire("resource", "holder", LONG);
                var waiting = locks.acquireAsync("resource", "waiter", LONG);
                TestBackends.awaitWaiters(locks, "resource", 1);
                server.restart();
                waiting.join().close();
                hold.close();
                assertThat(locks.toString()).doesNotContain(SECRET);
            }
        }
        String unreachable = "redis://:" + SECRET + "@127.0.0.1:1";
        assertThatThrownBy(() -> RedisLocks.connect(unreachable)).isInstanceOf(LockBackendException.class);

        List<String> lines = List.copyOf(heard.list).stream()
                .map(event -> event.getFormattedMessage() + " " + thrownBy(event))
                .toList();
        assertThat(lines).anyMatch(line -> line.contains("lost the connection"));
        assertThat(lines).noneMatch(line -> line.contains(SECRET));
    }

    private static String thrownBy(ILoggingEvent event) {
        return event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
    }
}
