package io.holdfast.examples.orders.backend;

import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.Optional;

/** One of three servers is killed when a third of the job is done, and started again without its memory after two thirds. */
final class LossOfOne implements Incident {
    private static final double KILL = 1 / 3.0;
    private static final double RESTART = 2 / 3.0;

    private final String name;
    private final RedisServer server;
    private final Duration longestLease;
    private boolean killed;
    private boolean restarted;

    LossOfOne(String name, RedisServer server, Duration longestLease) {
        this.name = name;
        this.server = server;
        this.longestLease = longestLease;
    }

    @Override
    public Optional<String> at(double share) {
        if (!killed && share >= KILL) {
            killed = true;
            server.kill();
            return Optional.of("server " + name + " is killed, with all that it knew; two of three go on");
        }
        if (killed && !restarted && share >= RESTART) {
            restarted = true;
            server.restart();
            return Optional.of("server " + name + " is back and knows nothing; it has no vote for the next "
                    + longestLease.toSeconds() + " s");
        }
        return Optional.empty();
    }
}
