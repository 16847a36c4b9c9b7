package io.holdfast.conformance.simulation;

import java.util.function.Supplier;

/**
 * One connection between a process and the server. What is sent arrives in order, each message after a delay of its own,
 * until the connection is cut; of what is under way then, the later part is lost. The server may go on reading what
 * came before the cut while the process talks through a new connection.
 */
final class Link {
    private static final long LONGEST_STALL = 400 * World.MILLIS;

    private final World world;
    private final Network network;
    private final SimulatedProcess process;
    private final SimulatedServer server;
    private final Runnable onLoss;
    private final Direction up = new Direction();
    private final Direction down = new Direction();
    private final long number;
    private boolean closed;

    Link(long number, Network network, SimulatedProcess process, SimulatedServer server, Runnable onLoss) {
        this.number = number;
        this.world = network.world();
        this.network = network;
        this.process = process;
        this.server = server;
        this.onLoss = onLoss;
    }

    /** Connections are counted: a later one has a greater number. */
    long number() {
        return number;
    }

    /** Sends something to the server. */
    void toServer(Supplier<String> what, Runnable handling) {
        world.note(process.name(), () -> "sends " + what.get());
        up.send(() -> server.receive(() -> {
            world.note("server", () -> "gets " + what.get() + " from " + process.name());
            handling.run();
        }));
    }

    /** Sends something to the process. */
    void toProcess(Supplier<String> what, Runnable handling) {
        world.note("server", () -> "tells " + process.name() + " " + what.get());
        down.send(() -> process.receive(() -> {
            world.note(process.name(), () -> "hears " + what.get());
            handling.run();
        }));
    }

    /** Loses the connection, and lets the process know after a while. */
    void lose() {
        world.note(process.name(), () -> "loses its connection");
        if (world.chance(0.5)) {
            up.stall(world.between(0, LONGEST_STALL));
        }
        up.cut(network.delay());
        down.cut(network.delay());
        world.in(
                network.delay(),
                () -> process.receive(() -> {
                    if (!closed) {
                        onLoss.run();
                    }
                }));
    }

    /** Loses the connection without a word: only what isn't answered tells. */
    void silence() {
        world.note(process.name(), () -> "loses its connection without knowing");
        up.cut(network.delay());
        down.cut(network.delay());
    }

    /** The process gives this connection up. What it has sent may still arrive. */
    void close() {
        closed = true;
        down.cut(0);
    }

    /** One of the two directions. */
    private final class Direction {
        private long lastArrival;
        private long cutAt = Long.MAX_VALUE;
        private long stall;

        void send(Runnable arrival) {
            long at = Math.max(lastArrival + 1, world.now() + network.delay());
            lastArrival = at;
            world.in(at - world.now(), () -> {
                if (at >= cutAt) {
                    return;
                }
                if (stall > 0) {
                    world.in(stall, arrival);
                } else {
                    arrival.run();
                }
            });
        }

        /** What is under way comes later by a while, in its order. */
        void stall(long duration) {
            stall = duration;
        }

        void cut(long delay) {
            cutAt = Math.min(cutAt, world.now() + delay);
        }
    }
}
