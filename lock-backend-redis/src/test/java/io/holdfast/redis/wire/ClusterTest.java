package io.holdfast.redis.wire;

import static io.holdfast.redis.wire.Lua.bytes;
import static io.holdfast.redis.wire.Lua.list;
import static io.holdfast.redis.wire.Lua.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockBackendException;
import io.holdfast.core.SystemTime;
import io.holdfast.testservers.RedisCluster;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.util.JedisClusterCRC16;

/** Keys that are spread over several servers, and move between them. */
@Timeout(90)
@Execution(ExecutionMode.SAME_THREAD) // They share a server, and some change its settings or count its clients.
class ClusterTest {
    private static RedisCluster cluster;

    private final SystemTime time = new SystemTime();
    private final SubscriptionTest.Heard heard = new SubscriptionTest.Heard();
    private Wire wire;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start(3, 0);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void connect() {
        wire = wire(cluster, Duration.ofSeconds(20));
    }

    private Wire wire(RedisCluster nodes, Duration answerTimeout) {
        Wire made = WireBuilder.to("redis+cluster://" + String.join(",", nodes.endpoints()))
                .answerTimeout(answerTimeout)
                .build(time, time);
        made.listen(heard);
        return made;
    }

    @AfterEach
    void close() {
        wire.close();
        time.close();
    }

    @Test
    void everyKeyIsServedByItsNode() {
        for (int i = 0; i < 50; i++) {
            Reply reply =
                    wire.blocking().run(Lua.SET, list("key" + i), list("v")).join();

            assertThat(reply.node().name())
                    .isEqualTo("127.0.0.1:" + cluster.primaryOf("key" + i).port());
        }
    }

    @Test
    void asynchronousCallsArriveToo() {
        List<CompletableFuture<Reply>> all = IntStream.range(0, 500)
                .mapToObj(i -> wire.run(Lua.ECHO, list("key" + i), list("" + i)))
                .toList();

        for (int i = 0; i < all.size(); i++) {
            assertThat(text(all.get(i).join().value())).isEqualTo("" + i);
        }
    }

    @Test
    void aMessageIsCountedAndDeliveredOnce() throws Exception {
        List<Address> addresses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            addresses.add(wire.address(bytes("key" + i)).get(20, TimeUnit.SECONDS));
        }
        assertThat(addresses.stream().map(address -> text(address.channel())).collect(Collectors.toSet()))
                .hasSize(3);
        for (int i = 0; i < 12; i++) {
            Reply reply = wire.run(
                            Lua.PUBLISH,
                            list("key" + i),
                            List.of(addresses.get(i).channel(), bytes("m" + i)))
                    .get(20, TimeUnit.SECONDS);
            assertThat(reply.value()).isEqualTo(1L);
            assertThat(reply.node()).isEqualTo(addresses.get(i).node());
            assertThat(heard.message()).isEqualTo("m" + i);
        }
        Thread.sleep(100); // For what the nodes' bus might bring.
        assertThat(heard.messages).isEmpty();
    }

    @Test
    void aSlotThatMovesKeepsItsCommandsInOrder() throws Exception {
        String key = "{moving}order";
        RedisServer from = cluster.primaryOf(key);
        RedisServer to = otherThan(from);
        List<CompletableFuture<Reply>> all = new ArrayList<>();
        Thread mover = new Thread(() -> move(key, from, to));
        for (int i = 0; i < 2_000; i++) {
            all.add((i % 5 == 0 ? wire.blocking() : wire).run(Lua.APPEND, list(key), list("" + i)));
            if (i == 500) {
                mover.start();
            }
        }
        mover.join();
        for (CompletableFuture<Reply> each : all) {
            each.get(20, TimeUnit.SECONDS);
        }
        Reply last = wire.blocking().run(Lua.APPEND, list(key), list("2000")).join();

        assertThat(last.node().name()).isEqualTo("127.0.0.1:" + to.port());
        List<String> seen = ((List<?>) to.command("LRANGE", key, "0", "-1"))
                .stream().map(String::valueOf).toList();
        assertThat(IntStream.range(0, seen.size())
                        .filter(i -> seen.lastIndexOf(seen.get(i)) == i)
                        .mapToObj(seen::get))
                .containsExactlyElementsOf(IntStream.rangeClosed(0, 2_000)
                        .mapToObj(String::valueOf)
                        .toList());
        move(key, to, from);
    }

    @Test
    void aKeyThatHasGoneAheadOfItsSlotIsFound() {
        String key = "{asked}key";
        RedisServer from = cluster.primaryOf(key);
        RedisServer to = otherThan(from);
        wire.blocking().run(Lua.SET, list(key), list("v")).join();
        prepareMove(key, from, to);
        from.command("MIGRATE", "127.0.0.1", "" + to.port(), key, "0", "5000");

        Reply reply = wire.blocking().run(Lua.GET, list(key), List.of()).join();

        assertThat(text(reply.value())).isEqualTo("v");
        assertThat(reply.node().name()).isEqualTo("127.0.0.1:" + to.port());
        finishMove(key, to);
        move(key, to, from);
    }

    @Test
    void theListenerHearsWhenKeysMove() throws Exception {
        String key = "{told}key";
        RedisServer from = cluster.primaryOf(key);
        RedisServer to = otherThan(from);
        Address before = wire.address(bytes(key)).get(20, TimeUnit.SECONDS);
        move(key, from, to);
        wire.blocking().run(Lua.ECHO, list(key), list("x")).join();

        assertThat(text(heard.resubscribed().channel())).isEqualTo(text(before.channel()));
        Address after = wire.address(bytes(key)).get(20, TimeUnit.SECONDS);
        assertThat(after.node().name()).isEqualTo("127.0.0.1:" + to.port());
        move(key, to, from);
    }

    @Test
    void aReplicaTakesOver() throws Exception {
        String key = "{taken}over";
        try (RedisCluster replicated = RedisCluster.start(3, 1, RedisCluster::noticeSoon);
                Wire wire = wire(replicated, Duration.ofSeconds(2))) {
            RedisServer old = replicated.primaryOf(key);
            RedisServer replica = replicated.replicasOf(old).get(0);
            Address before = wire.address(bytes(key)).get(20, TimeUnit.SECONDS);
            wire.blocking().run(Lua.SET, list(key), list("v")).join();
            old.kill();
            Reply reply = null;
            while (reply == null) {
                CompletableFuture<Reply> future = wire.run(Lua.GET, list(key), List.of());
                reply = future.handle((value, failure) -> {
                            assertThat(failure)
                                    .isIn((Object) null, failure instanceof LockBackendException ? failure : null);
                            return value;
                        })
                        .get(20, TimeUnit.SECONDS);
            }
            assertThat(reply.node().name()).isEqualTo("127.0.0.1:" + replica.port());
            assertThat(text(heard.resubscribed().channel())).isEqualTo(text(before.channel()));
            Address after = wire.address(bytes(key)).get(20, TimeUnit.SECONDS);
            assertThat(wire.run(Lua.PUBLISH, list(key), List.of(after.channel(), bytes("new")))
                            .get(20, TimeUnit.SECONDS)
                            .value())
                    .isEqualTo(1L);
        }
    }

    @Test
    void nothingIsLeftAfterTheEnd() {
        for (int i = 0; i < 12; i++) {
            wire.run(Lua.ECHO, list("key" + i), list("x")).join();
            wire.address(bytes("key" + i)).join();
        }
        wire.close();

        // A thread that ends late isn't waited for by close.
        BrokenConnectionTest.await(
                () -> RedisWireTest.threads(cluster.endpoints().toArray(String[]::new))
                        .isEmpty());
    }

    @Test
    void aSingleServerIsNoCluster() {
        try (RedisServer single = RedisServer.start();
                Wire wrong = WireBuilder.to("redis+cluster://127.0.0.1:" + single.port())
                        .build(time, time)) {
            assertThat(ServerErrorsTest.failure(wrong.blocking().run(Lua.ECHO, list("k"), list("x"))))
                    .hasMessageContaining("is not a node of a Cluster: use a redis:// URI");
        }
    }

    @Test
    void aClusterThatIsDownSaysSo() {
        try (RedisServer lonely =
                        RedisServer.builder().config("cluster-enabled yes").start();
                Wire wrong = WireBuilder.to("redis+cluster://127.0.0.1:" + lonely.port())
                        .answerTimeout(Duration.ofSeconds(2))
                        .build(time, time)) {
            LockBackendException noSlots =
                    ServerErrorsTest.failure(wrong.blocking().run(Lua.ECHO, list("k"), list("x")));
            lonely.command("CLUSTER", "ADDSLOTSRANGE", "0", "16000");
            String served = IntStream.range(0, 1_000)
                    .mapToObj(i -> "k" + i)
                    .filter(key -> JedisClusterCRC16.getSlot(key) <= 16_000)
                    .findFirst()
                    .orElseThrow();
            LockBackendException down =
                    ServerErrorsTest.failure(wrong.blocking().run(Lua.ECHO, list(served), list("x")));

            assertThat(noSlots).hasMessageContaining("no node of the Redis Cluster serves the key's slot");
            assertThat(noSlots.outcomeKnown()).isTrue();
            assertThat(down).hasMessageContaining("says that the Cluster is down");
            assertThat(down.outcomeKnown()).isTrue();
        }
    }

    @Test
    void theApplicationsClientLeadsToTheSameNodes() throws Exception {
        String key = "{client}key";
        RedisServer from = cluster.primaryOf(key);
        RedisServer to = otherThan(from);
        try (RedisClusterClient client = RedisClusterClient.create(
                        HostAndPort.from(cluster.endpoints().get(0)));
                Wire over = WireBuilder.over(client).build(time, time)) {
            assertThat(over.blocking()
                            .run(Lua.SET, list(key), list("v"))
                            .join()
                            .node()
                            .name())
                    .isEqualTo("127.0.0.1:" + from.port());
            move(key, from, to);
            assertThat(over.blocking()
                            .run(Lua.GET, list(key), List.of())
                            .join()
                            .node()
                            .name())
                    .isEqualTo("127.0.0.1:" + to.port());
            over.address(bytes(key)).get(20, TimeUnit.SECONDS);
            assertThat(client.get(key)).isEqualTo("v");
        } finally {
            move(key, to, from);
        }
    }

    private static RedisServer otherThan(RedisServer node) {
        return IntStream.range(0, 100)
                .mapToObj(i -> cluster.primaryOf("any" + i))
                .filter(other -> other != node)
                .findFirst()
                .orElseThrow();
    }

    private static void move(String key, RedisServer from, RedisServer to) {
        prepareMove(key, from, to);
        from.command("MIGRATE", "127.0.0.1", "" + to.port(), key, "0", "5000");
        finishMove(key, to);
    }

    private static void prepareMove(String key, RedisServer from, RedisServer to) {
        String slot = "" + JedisClusterCRC16.getSlot(key);
        to.command("CLUSTER", "SETSLOT", slot, "IMPORTING", id(from));
        from.command("CLUSTER", "SETSLOT", slot, "MIGRATING", id(to));
    }

    private static void finishMove(String key, RedisServer to) {
        String slot = "" + JedisClusterCRC16.getSlot(key);
        String owner = id(to);
        to.command("CLUSTER", "SETSLOT", slot, "NODE", owner);
        for (RedisServer node : cluster.nodes()) {
            if (node.info("replication").contains("role:master")) {
                node.command("CLUSTER", "SETSLOT", slot, "NODE", owner);
            }
        }
    }

    private static String id(RedisServer node) {
        return String.valueOf(node.command("CLUSTER", "MYID"));
    }
}
