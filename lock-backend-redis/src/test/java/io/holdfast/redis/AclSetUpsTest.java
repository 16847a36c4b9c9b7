package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.testservers.RedisBinary;
import io.holdfast.testservers.RedisCluster;
import io.holdfast.testservers.RedisSentinels;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.util.JedisClusterCRC16;

/** What {@code docs/redis.md} says of the rights that a user needs, for all but the plainest set-up. */
class AclSetUpsTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    static Stream<RedisBinary> versions() {
        return Stream.concat(Stream.of(RedisBinary.standard()), RedisBinary.oldest().stream());
    }

    @ParameterizedTest
    @MethodSource("versions")
    void anotherDatabase(RedisBinary binary) throws Exception {
        try (RedisServer server = RedisServer.builder().binary(binary).start()) {
            String uri = "redis://locks:secret@127.0.0.1:" + server.port() + "/2";
            server.command(DocumentedRights.rule("one server"));
            refused("select", uri);
            server.command(DocumentedRights.rule("one server, another database than 0"));
            try (DistributedLock locks = TestBackends.locks(uri)) {
                AclTest.use(locks);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aCluster(RedisBinary binary) throws Exception {
        try (RedisCluster cluster = RedisCluster.start(2, 0, node -> node.binary(binary))) {
            String uri = "redis+cluster://locks:secret@" + String.join(",", cluster.endpoints());
            everywhere(cluster.nodes(), DocumentedRights.rule("one server"));
            refused("cluster", uri);
            everywhere(cluster.nodes(), DocumentedRights.rule("each node of a Cluster"));
            try (DistributedLock locks = TestBackends.locks(uri)) {
                AclTest.use(locks);
                LockHandle moving = locks.acquire("moving", "client", LONG);
                moveAhead("holdfast:{moving}", cluster);
                assertThat(moving.heartbeat()).isTrue();
                everywhere(cluster.nodes(), "ACL", "SETUSER", "locks", "-asking");
                assertThatThrownBy(moving::heartbeat)
                        .isInstanceOf(LockBackendException.class)
                        .hasMessageContaining("ASKING")
                        .hasMessageContaining("check its ACL rules");
            }
            if (!binary.version().startsWith("6.")) {
                refused("ASKING", uri);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void behindSentinels(RedisBinary binary) throws Exception {
        try (RedisSentinels group = RedisSentinels.start(0, 1, server -> server.binary(binary))) {
            String uri = TestBackends.uri(group).replace("//", "//locks:secret@");
            everywhere(group.sentinels(), DocumentedRights.rule("the Sentinels, for sentinelCredentials"));
            everywhere(group.servers(), DocumentedRights.rule("one server"));
            refused("role", uri);
            everywhere(group.servers(), DocumentedRights.rule("each server that Sentinels watch"));
            try (DistributedLock locks = TestBackends.builder(uri)
                            .sentinelCredentials("locks", "secret")
                            .build();
                    LockHandle hold = locks.acquire("held", "client", LONG)) {
                AclTest.use(locks);
                assertThat(hold.isValid()).isTrue();
            }
        }
    }

    private static void everywhere(List<RedisServer> servers, String... command) {
        servers.forEach(server -> server.command(command));
    }

    private static void refused(String command, String uri) {
        RedisLocks.Builder builder = TestBackends.builder(uri);
        if (uri.startsWith("redis+sentinel")) {
            builder.sentinelCredentials("locks", "secret");
        }
        assertThatThrownBy(builder::build)
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining(command)
                .hasMessageContaining("check its ACL rules")
                .hasMessageNotContaining("secret");
    }

    /** Leaves a slot between two nodes, with the key at the new one. */
    private static void moveAhead(String key, RedisCluster cluster) {
        String slot = String.valueOf(JedisClusterCRC16.getSlot(key));
        RedisServer from = cluster.primaryOf(key);
        RedisServer to = cluster.nodes().stream()
                .filter(node -> node != from)
                .findFirst()
                .orElseThrow();
        to.command("CLUSTER", "SETSLOT", slot, "IMPORTING", idOf(from));
        from.command("CLUSTER", "SETSLOT", slot, "MIGRATING", idOf(to));
        from.command("MIGRATE", "127.0.0.1", String.valueOf(to.port()), key, "0", "5000");
    }

    private static String idOf(RedisServer node) {
        return String.valueOf(node.command("CLUSTER", "MYID"));
    }
}
