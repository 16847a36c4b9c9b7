package io.holdfast.benchmarks.servers;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/** Reads INFO of one Redis server, or of all nodes of a cluster. */
final class RedisGauge implements Gauge {
    private static final Pattern CALLS = Pattern.compile("^cmdstat_(?!info:)[^:]+:calls=(\\d+)", Pattern.MULTILINE);
    private static final Pattern CPU = Pattern.compile("^used_cpu_(?:sys|user):([0-9.]+)", Pattern.MULTILINE);
    private static final Pattern VERSION = Pattern.compile("^redis_version:(\\S+)", Pattern.MULTILINE);
    private static final Pattern VALKEY = Pattern.compile("^valkey_version:(\\S+)", Pattern.MULTILINE);
    private static final double NANOS_PER_SECOND = 1e9;

    private final List<HostAndPort> nodes;

    /**
     * Asks nodes.
     *
     * @param addresses {@code host:port}, with commas between them
     */
    RedisGauge(String addresses) {
        nodes = Arrays.stream(addresses.split(",", -1)).map(HostAndPort::from).toList();
    }

    @Override
    public Reading read() {
        double commands = 0;
        double cpu = 0;
        for (HostAndPort node : nodes) {
            try (Jedis redis = new Jedis(node)) {
                commands += sum(CALLS, redis.info("commandstats"));
                cpu += sum(CPU, redis.info("cpu"));
            }
        }
        return new Reading(commands, Double.NaN, Double.NaN, cpu * NANOS_PER_SECOND);
    }

    /** Name and version of the first node. */
    String version() {
        try (Jedis redis = new Jedis(nodes.get(0))) {
            String info = redis.info("server");
            Matcher valkey = VALKEY.matcher(info);
            if (valkey.find()) {
                return "Valkey " + valkey.group(1);
            }
            Matcher version = VERSION.matcher(info);
            return version.find() ? version.group(1) : "unknown";
        }
    }

    private static double sum(Pattern pattern, String text) {
        double sum = 0;
        for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
            sum += Double.parseDouble(matcher.group(1));
        }
        return sum;
    }
}
