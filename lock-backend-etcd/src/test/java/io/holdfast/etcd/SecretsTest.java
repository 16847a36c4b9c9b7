package io.holdfast.etcd;

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
import io.holdfast.LockInfo;
import io.holdfast.Locks;
import io.holdfast.testservers.EtcdServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/**
 * What is written to the log and said by failures and their causes, to the last word, through all that may go wrong with a password. Alone,
 * because it sets the log's level.
 */
@Isolated
@Timeout(value = 1, unit = TimeUnit.MINUTES)
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
    void noPasswordIsLoggedOrSaid() throws Exception {
        try (EtcdServer server = EtcdServer.builder().dataInMemory().start()) {
            server.etcdctl("user", "add", "root:" + SECRET);
            server.etcdctl("user", "grant-role", "root", "root");
            server.etcdctl("auth", "enable");
            String address = "127.0.0.1:" + server.port();
            assertSaysNothing("etcd://root:" + SECRET + "-but-wrong@" + address);
            try (DistributedLock locks = Locks.open("etcd://root:" + SECRET + "@" + address)) {
                LockHandle hold = locks.acquire("resource", "holder", LONG);
                CompletableFuture<LockHandle> waiting = locks.acquireAsync("resource", "waiter", LONG);
                while (locks.inspect("resource").map(LockInfo::waiters).orElse(0) < 1) {
                    assertThat(waiting).isNotDone();
                }
                server.restart();
                hold.close();
                waiting.get(LONG.toSeconds(), TimeUnit.SECONDS).close();
                assertThat(locks.toString()).doesNotContain(SECRET);
            }
        }
        assertSaysNothing("etcd://root:" + SECRET + "@127.0.0.1:1");

        List<String> lines = List.copyOf(heard.list).stream()
                .map(event -> event.getFormattedMessage() + " " + thrownBy(event))
                .toList();
        assertThat(lines).isNotEmpty().noneMatch(line -> line.contains(SECRET));
    }

    private static void assertSaysNothing(String uri) {
        assertThatThrownBy(() -> Locks.open(uri))
                .isInstanceOf(LockBackendException.class)
                .satisfies(failure -> {
                    StringWriter all = new StringWriter();
                    failure.printStackTrace(new PrintWriter(all, true));
                    assertThat(all.toString()).doesNotContain(SECRET);
                });
    }

    private static String thrownBy(ILoggingEvent event) {
        return event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
    }
}
