package io.holdfast.redis;

import io.holdfast.conformance.Faults;
import io.holdfast.conformance.RealTimeFixture;
import io.holdfast.spi.LockBackend;
import io.holdfast.testservers.TcpProxy;
import io.holdfast.testservers.WallClock;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/** A server of its own for each test, and a faulty network in front of each connection. */
final class RedisFixture extends RealTimeFixture {
    /** Long, since many tests run at the same time and mostly wait. */
    private static final Duration LEASE = Duration.ofMillis(800);

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final ServerPool pool;
    private final ServerPool.Place place;

    private final Faults faults;

    private RedisFixture(ServerPool pool, ServerPool.Place place, boolean callersWait) {
        super(() -> connect(place, callersWait), LEASE);
        this.pool = pool;
        this.place = place;
        // Whoever waits for each answer can't do anything else while the store is silent.
        this.faults = callersWait ? Faults.NONE : new ServerFaults(place);
    }

    /** A fixture whose connections answer later. */
    static RedisFixture asynchronous(ServerPool pool) {
        return new RedisFixture(pool, pool.take(), false);
    }

    /** A fixture whose callers wait for each answer. */
    static RedisFixture blocking(ServerPool pool) {
        return new RedisFixture(pool, pool.take(), true);
    }

    private static LockBackend connect(ServerPool.Place place, boolean callersWait) {
        ProxiedBackend connection = ProxiedBackend.connect(place.server());
        return callersWait ? connection.whereCallersWait() : connection;
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public void close() {
        super.close();
        WallClock clock = place.clock();
        if (clock != null) {
            clock.step(clock.offset().negated());
        }
        pool.giveBack(place);
    }

    private record ServerFaults(ServerPool.Place place) implements Faults {
        private static TcpProxy network(LockBackend connection) {
            return ((ProxiedBackend) connection).network();
        }

        @Override
        public void cut(LockBackend connection) {
            network(connection).silence(TcpProxy.Direction.TO_SERVER);
            network(connection).silence(TcpProxy.Direction.TO_CLIENT);
        }

        @Override
        public void restore(LockBackend connection) {
            network(connection).restore();
        }

        /** {@inheritDoc} A reset takes its time, in which the server would still grant to that process. */
        @Override
        public void kill(LockBackend connection) {
            TcpProxy network = network(connection);
            long left = clients() - network.connections();
            network.refuse();
            long begin = System.nanoTime();
            while (clients() > left && System.nanoTime() - begin < LIMIT.toNanos()) {
                Thread.onSpinWait();
            }
        }

        /** How many the server has, besides who asks. */
        private long clients() {
            return String.valueOf(place.server().command("CLIENT", "LIST"))
                    .lines()
                    .filter(client -> !client.contains("cmd=client"))
                    .count();
        }

        @Override
        public void pause() {
            place.server().pause();
        }

        @Override
        public void resume() {
            place.server().resume();
        }

        @Override
        public void restart() {
            place.server().restart();
        }

        @Override
        public void setBackWallClock(Duration step) {
            WallClock clock = place.clock();
            if (clock == null) {
                Assumptions.abort(WallClock.NO_COMPILER + ", or " + WallClock.NO_REDIS);
            } else {
                clock.step(step.negated());
            }
        }
    }
}
