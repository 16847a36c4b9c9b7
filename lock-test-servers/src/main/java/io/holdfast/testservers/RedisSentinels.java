package io.holdfast.testservers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A Redis primary with replicas, and sentinels that put a replica in its place within about two seconds when it has gone.
 * All of them can be paused, killed and restarted one by one.
 */
public final class RedisSentinels implements AutoCloseable {
    /** The name by which sentinels know the primary. */
    public static final String PRIMARY_NAME = "locks";

    private static final Duration DOWN_AFTER = Duration.ofMillis(500);

    /** Longer than Sentinels do nothing after their machine has stood still for two seconds: thirty, where that can't be changed. */
    private static final Duration LIMIT = Duration.ofSeconds(75);

    private final List<RedisServer> servers = new ArrayList<>();
    private final List<RedisServer> sentinels = new ArrayList<>();

    private RedisSentinels() {}

    /**
     * Starts one primary, its replicas and its sentinels.
     *
     * @param replicas how many
     * @param sentinels how many, an odd number from three on; more than half of them must agree to a fail-over
     * @return servers that follow and sentinels that know all others
     * @throws ServerStartException if there is no Redis, or if it doesn't start
     */
    public static RedisSentinels start(int replicas, int sentinels) {
        return start(replicas, sentinels, each -> {});
    }

    /**
     * Starts one primary, its replicas and its sentinels, with a configuration.
     *
     * @param replicas how many
     * @param sentinels how many
     * @param configuration what to set for the primary and the replicas
     * @return servers that follow and sentinels that know all others
     * @throws ServerStartException if there is no Redis, or if it doesn't start
     */
    public static RedisSentinels start(int replicas, int sentinels, Consumer<RedisServer.Builder> configuration) {
        return start(replicas, sentinels, DOWN_AFTER, configuration);
    }

    /**
     * Starts one primary, its replicas and its sentinels, with a configuration.
     *
     * @param replicas how many
     * @param sentinels how many
     * @param downAfter after what time of silence a sentinel takes the primary for dead; should be long where it isn't to be replaced,
     *     since a busy machine is silent, too
     * @param configuration what to set for the primary and the replicas
     * @return servers that follow and sentinels that know all others
     * @throws ServerStartException if there is no Redis, or if it doesn't start
     */
    public static RedisSentinels start(
            int replicas, int sentinels, Duration downAfter, Consumer<RedisServer.Builder> configuration) {
        RedisSentinels all = new RedisSentinels();
        try {
            all.startServers(replicas, configuration);
            for (int i = 0; i < sentinels; i++) {
                RedisServer sentinel = RedisServer.builder()
                        .sentinelOf(PRIMARY_NAME, all.servers.get(0), sentinels / 2 + 1, downAfter)
                        .start();
                all.sentinels.add(sentinel);
                shortenTilt(sentinel);
            }
            all.awaitComplete();
            return all;
        } catch (RuntimeException | Error e) {
            all.close();
            throw e;
        }
    }

    /** A Sentinel that has stood still trusts itself again soon, and not only after thirty seconds. */
    private static void shortenTilt(RedisServer sentinel) {
        try {
            var unused = sentinel.command("SENTINEL", "DEBUG", "tilt-period", "2000");
        } catch (RedisReplyException older) {
            // Redis can't be told before 7.0.
        }
    }

    private void startServers(int replicas, Consumer<RedisServer.Builder> configuration) {
        for (int i = 0; i <= replicas; i++) {
            RedisServer.Builder builder = RedisServer.builder();
            configuration.accept(builder);
            if (i > 0) {
                builder.replicaOf(servers.get(0));
            }
            servers.add(builder.start());
        }
    }

    /**
     * The servers that hold data.
     *
     * @return the first primary, then the first replicas, running or not
     */
    public List<RedisServer> servers() {
        return List.copyOf(servers);
    }

    /**
     * The sentinels.
     *
     * @return all of them, running or not
     */
    public List<RedisServer> sentinels() {
        return List.copyOf(sentinels);
    }

    /**
     * What clients are configured with, besides {@link #PRIMARY_NAME}.
     *
     * @return the host and port of each sentinel, with a colon between
     */
    public List<String> endpoints() {
        return sentinels.stream()
                .map(sentinel -> "127.0.0.1:" + sentinel.port())
                .toList();
    }

    /**
     * The primary that the sentinels name, once it says so of itself. Waits for a fail-over up to 75 seconds.
     *
     * @return a server that isn't paused
     * @throws IllegalStateException if there is none in that time
     */
    public RedisServer primary() {
        return Waiting.until(
                LIMIT, "a primary", () -> named().filter(server -> server.isAwake() && server.isPrimary()));
    }

    /**
     * Lets the sentinels replace the primary, which goes on as a replica, and waits until they have.
     *
     * @return the new primary
     */
    public RedisServer failOver() {
        RedisServer old = primary();
        awakeSentinels().findFirst().orElseThrow().command("SENTINEL", "FAILOVER", PRIMARY_NAME);
        return primaryAfter(old);
    }

    /**
     * Waits until another server is the primary, after one was killed or paused.
     *
     * @param old the one that was
     * @return the new one
     * @throws IllegalStateException if there is none within 75 seconds
     */
    public RedisServer primaryAfter(RedisServer old) {
        Waiting.untilTrue(
                LIMIT,
                "another primary than " + old,
                () -> named().filter(named -> named != old).isPresent());
        return primary();
    }

    /**
     * Waits until each running replica follows its primary, and each running sentinel knows all others.
     *
     * @throws IllegalStateException if that takes longer than 75 seconds
     */
    public void awaitComplete() {
        Waiting.untilTrue(
                LIMIT,
                "replicas that follow",
                () -> servers.stream().filter(TestServer::isAwake).allMatch(RedisServer::isSettled));
        Waiting.untilTrue(
                LIMIT, "sentinels that know all others", () -> awakeSentinels().allMatch(this::knowsAll));
    }

    @Override
    public void close() {
        sentinels.forEach(RedisServer::close);
        servers.forEach(RedisServer::close);
    }

    private boolean knowsAll(RedisServer sentinel) {
        return sentinel.info("sentinel").contains(",slaves=" + (servers.size() - 1) + ",sentinels=" + sentinels.size());
    }

    private Stream<RedisServer> awakeSentinels() {
        return sentinels.stream().filter(TestServer::isAwake);
    }

    /** The server that most sentinels name; they agree only some time after a fail-over. */
    private Optional<RedisServer> named() {
        return servers.stream()
                .filter(server -> awakeSentinels()
                                .filter(sentinel -> names(sentinel, server))
                                .count()
                        > sentinels.size() / 2)
                .findFirst();
    }

    private static boolean names(RedisServer sentinel, RedisServer server) {
        return sentinel.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", PRIMARY_NAME) instanceof List<?> address
                && address.get(1).equals(String.valueOf(server.port()));
    }
}
