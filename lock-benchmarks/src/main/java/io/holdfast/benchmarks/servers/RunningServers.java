package io.holdfast.benchmarks.servers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/** Servers that run already, where somebody says. */
public final class RunningServers {
    private static final int PATIENCE_MILLIS = 5_000;

    private RunningServers() {}

    /**
     * Makes sure that there is a Redis, as far as one can tell by connecting.
     *
     * @param uri as {@code redis://host:port}; none if empty
     * @return the same
     * @throws IllegalArgumentException if it isn't such a URI, or nobody answers there
     */
    public static String checkUri(String uri) {
        if (!uri.isEmpty()) {
            URI parsed;
            try {
                parsed = URI.create(uri);
            } catch (IllegalArgumentException garbled) {
                throw new IllegalArgumentException(wrong(uri, "redis://host:port"), garbled);
            }
            if (!"redis".equals(parsed.getScheme())
                    || parsed.getPort() < 0
                    || !("redis://" + parsed.getHost() + ":" + parsed.getPort()).equals(uri)) {
                throw new IllegalArgumentException(wrong(uri, "redis://host:port"));
            }
            connect(parsed.getHost(), parsed.getPort());
        }
        return uri;
    }

    /**
     * Makes sure that there are servers, as far as one can tell by connecting.
     *
     * @param nodes {@code host:port}, with commas between them; none if empty
     * @return the same
     * @throws IllegalArgumentException if one isn't such an address, or nobody answers there
     */
    public static String checkNodes(String nodes) {
        if (!nodes.isEmpty()) {
            for (String node : nodes.split(",", -1)) {
                int colon = node.lastIndexOf(':');
                if (colon < 1
                        || node.contains("/")
                        || !node.substring(colon + 1).matches("\\d{1,5}")) {
                    throw new IllegalArgumentException(wrong(node, "host:port"));
                }
                connect(node.substring(0, colon), Integer.parseInt(node.substring(colon + 1)));
            }
        }
        return nodes;
    }

    private static String wrong(String given, String wanted) {
        return "'" + given + "' should be " + wanted;
    }

    private static void connect(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
        } catch (IOException | IllegalArgumentException nobody) {
            throw new IllegalArgumentException(
                    "nobody answers at " + host + ":" + port + ": " + nobody.getMessage(), nobody);
        }
    }
}
