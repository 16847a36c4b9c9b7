package io.holdfast.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RedisClusterTest {
    @Test
    void replicaTakesOverFromAKilledPrimary() throws IOException {
        try (RedisCluster cluster = RedisCluster.start(3, 1, RedisCluster::noticeSoon)) {
            RedisServer old = cluster.primaryOf("key");
            // WAIT waits for what its own connection has written.
            try (RespConnection connection = old.connect()) {
                connection.call("SET", "key", "value");
                assertThat(connection.call("WAIT", "1", "15000")).isEqualTo(1L);
            }
            RedisServer replica = cluster.replicasOf(old).get(0);

            old.kill();

            assertThat(cluster.primaryOf("key")).isSameAs(replica);
            assertThat(replica.command("GET", "key")).isEqualTo("value");

            old.restart();
            cluster.awaitComplete();

            assertThat(cluster.replicasOf(replica)).containsExactly(old);
        }
    }

    @Test
    void replicaTakesOverWhenAsked() {
        try (RedisCluster cluster = RedisCluster.start(3, 1, RedisCluster::noticeSoon)) {
            RedisServer replica = cluster.replicasOf(cluster.primaryOf("key")).get(0);
            cluster.failOverTo(replica);
            assertThat(cluster.primaryOf("key")).isSameAs(replica);
        }
    }
}
