package io.holdfast.redis;

import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.WallClock;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Servers for tests that restart them and set their clocks: each is one test's alone, and the next test's after it. */
final class ServerPool implements AutoCloseable {
    private final Queue<Place> all = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Place> free = new ArrayDeque<>();

    /** Takes a server that nobody uses. */
    Place take() {
        synchronized (free) {
            if (!free.isEmpty()) {
                return free.pop();
            }
        }
        Place fresh = Place.make();
        all.add(fresh);
        return fresh;
    }

    void giveBack(Place place) {
        synchronized (free) {
            free.push(place);
        }
    }

    @Override
    public void close() {
        all.forEach(Place::close);
    }

    /**
     * A server that keeps its data over a restart.
     *
     * @param clock its wall clock; null where none can be made
     */
    record Place(RedisServer server, @Nullable WallClock clock) {
        static Place make() {
            WallClock clock = WallClock.create().orElse(null);
            if (clock != null && clock.redis().isEmpty()) {
                clock.close();
                clock = null;
            }
            // A process that is killed loses nothing that it has written, whether or not the disk has it.
            RedisServer.Builder server = RedisServer.builder().appendOnly(RedisServer.Fsync.NO);
            return new Place(
                    clock == null ? server.start() : server.clock(clock).start(), clock);
        }

        void close() {
            server.close();
            if (clock != null) {
                clock.close();
            }
        }
    }
}
