package io.holdfast.testservers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Picks free ports of 127.0.0.1, below those that systems give to outgoing connections. Another process may still take a
 * port before its server does, so whoever starts a server tries again with another one.
 *
 * <p>JVMs that run tests at the same time have different numbers in the system property {@value #LANE}, from 1, and take
 * ports of different lanes, so that a server that is stopped finds its port free when it starts again.
 */
final class Ports {
    /** How far a Redis Cluster node's second port is from its first. */
    static final int CLUSTER_BUS = 10_000;

    private static final String LANE = "holdfast.ports.lane";
    private static final int LANES = 8;
    private static final int FIRST = 12_000;
    private static final int AFTER_LAST = 22_000;
    private static final Set<Integer> TAKEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    /**
     * Picks a port that nobody listens on; nor on the one that is {@link #CLUSTER_BUS} higher. This JVM doesn't pick it
     * again until it is given back.
     *
     * @return the port
     */
    static int take() {
        // Not Integer.getInteger, which takes what is no number for absent: lanes would be the same for all, without a
        // word.
        return take(Integer.parseInt(System.getProperty(LANE, "0")));
    }

    static int take(int lane) {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, AFTER_LAST - LANES);
            port += Math.floorMod(lane - port, LANES);
            if (TAKEN.add(port)) {
                if (isFree(port) && isFree(port + CLUSTER_BUS)) {
                    return port;
                }
                TAKEN.remove(port);
            }
        }
    }

    static void giveBack(int port) {
        TAKEN.remove(port);
    }

    static boolean isFree(int port) {
        // One that doesn't listen itself, lest a child process inherit a listener that is in the server's way then.
        try (Socket socket = new Socket()) {
            // Only listeners count, not connections that have just ended.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
