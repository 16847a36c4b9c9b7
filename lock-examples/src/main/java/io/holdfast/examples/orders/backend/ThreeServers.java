package io.holdfast.examples.orders.backend;

import io.holdfast.testservers.RedisServer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Three Redis servers that know nothing of each other. */
final class ThreeServers implements AutoCloseable {
    private final Map<String, RedisServer> servers = new LinkedHashMap<>();

    private ThreeServers() {}

    /** Starts them; if one can't be, the others are ended again. */
    static ThreeServers start() {
        ThreeServers three = new ThreeServers();
        try {
            for (String name : new String[] {"a", "b", "c"}) {
                three.servers.put(name, RedisServer.start());
            }
            return three;
        } catch (RuntimeException failure) {
            three.close();
            throw failure;
        }
    }

    Map<String, RedisServer> byName() {
        return servers;
    }

    String version() {
        return "Redis " + servers.values().iterator().next().version();
    }

    @Override
    public void close() {
        servers.values().forEach(RedisServer::close);
    }
}
