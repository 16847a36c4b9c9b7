package io.holdfast.benchmarks.servers;

import java.net.URL;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which versions of the rivals are measured, as the names of their jars tell. */
public final class Libraries {
    private static final Pattern JAR = Pattern.compile("-(\\d[^/]*)\\.jar!");

    private Libraries() {}

    /**
     * The libraries that contestants are made of.
     *
     * @return versions, by name
     */
    public static Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        put(versions, "Guava", "com/google/common/util/concurrent/Striped.class");
        put(versions, "Caffeine", "com/github/benmanes/caffeine/cache/Caffeine.class");
        put(versions, "ShedLock", "net/javacrumbs/shedlock/core/SimpleLock.class");
        put(versions, "ShedLock in memory", "net/javacrumbs/shedlock/provider/inmemory/InMemoryLockProvider.class");
        put(versions, "ShedLock for Jedis", "net/javacrumbs/shedlock/provider/redis/jedis4/JedisLockProvider.class");
        put(versions, "Jedis", "redis/clients/jedis/Jedis.class");
        put(versions, "Redisson", "org/redisson/Redisson.class");
        put(versions, "Spring Integration", "org/springframework/integration/redis/util/RedisLockRegistry.class");
        put(versions, "Lettuce", "io/lettuce/core/RedisClient.class");
        put(versions, "jetcd", "io/etcd/jetcd/Client.class");
        put(versions, "Netty", "io/netty/channel/Channel.class");
        put(versions, "Curator", "org/apache/curator/framework/recipes/locks/InterProcessMutex.class");
        put(versions, "ZooKeeper", "org/apache/zookeeper/ZooKeeper.class");
        return versions;
    }

    private static void put(Map<String, String> versions, String name, String resource) {
        URL found = Libraries.class.getClassLoader().getResource(resource);
        Matcher jar = JAR.matcher(String.valueOf(found));
        if (jar.find()) {
            versions.put(name, jar.group(1));
        }
    }
}
