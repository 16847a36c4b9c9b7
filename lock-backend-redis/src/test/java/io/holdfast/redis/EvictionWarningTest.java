package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.holdfast.DistributedLock;
import io.holdfast.testservers.RedisServer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/** A server that throws keys away when its memory is full is warned of at the start. Alone, because it counts what is logged. */
@Isolated
class EvictionWarningTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(RedisLocks.class);
    private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

    @BeforeEach
    void listen() {
        heard.start();
        logger.addAppender(heard);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(heard);
    }

    @Test
    void aServerThatMayEvictLocksIsWarnedOfOnce() {
        assertThat(warnings("maxmemory 100mb", "maxmemory-policy volatile-ttl"))
                .singleElement()
                .asString()
                .contains("volatile-ttl", "noeviction");
        assertThat(warnings("maxmemory 100mb", "maxmemory-policy allkeys-lru")).hasSize(1);
    }

    @Test
    void aServerThatEvictsNothingIsNot() {
        assertThat(warnings("maxmemory 100mb", "maxmemory-policy noeviction")).isEmpty();
        assertThat(warnings("maxmemory 0", "maxmemory-policy volatile-ttl")).isEmpty();
    }

    private List<String> warnings(String... configuration) {
        heard.list.clear();
        try (RedisServer server = RedisServer.builder().config(configuration).start();
                DistributedLock locks = TestBackends.locks(server.uri())) {
            assertThat(locks.inspect("anything")).isEmpty();
        }
        return heard.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
