package io.holdfast.redis.wire;

import io.holdfast.redis.wire.Failure.Cure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * Which node of a Redis Cluster serves which slot. Every slot belongs to one link at a time, at first to the lobby,
 * where commands wait until the slots are known. A slot goes to another link only with the role of its present one, and with all commands that are queued there: so
 * the commands of a key stay in order.
 */
final class Cluster implements Router {
    private final Slots slots;
    private final Opener opener;
    private final Context context;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    // Guarded by the lock.
    private final Link[] owners = new Link[Slots.COUNT];
    private final Map<HostAndPort, Link> nodes = new HashMap<>();
    private boolean closed;

    private final Link lobby;

    Cluster(Slots slots, Opener opener, Context context) {
        this.slots = slots;
        this.opener = opener;
        this.context = context;
        this.lobby = new Link(new Lobby(), opener, context);
        Arrays.fill(owners, lobby);
    }

    @Override
    public void queue(Command command) {
        int slot = slotOf(command);
        lock.readLock().lock();
        try {
            owners[slot].offer(command);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public Link linkOf(byte[] key) {
        lock.readLock().lock();
        try {
            return owners[JedisClusterCRC16.getSlot(key)];
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public List<Link> links() {
        lock.readLock().lock();
        try {
            List<Link> all = new ArrayList<>(nodes.values());
            all.add(lobby);
            return all;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
        } finally {
            lock.writeLock().unlock();
        }
        links().forEach(Link::close);
    }

    /** A slot that a node serves, or -1. */
    int slotOf(HostAndPort node) {
        lock.readLock().lock();
        try {
            Link link = nodes.get(node);
            return link == null ? -1 : Arrays.asList(owners).indexOf(link);
        } finally {
            lock.readLock().unlock();
        }
    }

    private static int slotOf(Command command) {
        return JedisClusterCRC16.getSlot(command.keys().get(0));
    }

    private List<Runnable> reroute(Link from, Deque<Command> pending, Map<Integer, HostAndPort> moved, long nanos)
            throws Unreachable {
        @Nullable HostAndPort[] table = slots.ask(nanos);
        moved.forEach((slot, node) -> table[slot] = node);
        lock.writeLock().lock();
        try {
            if (closed) {
                return List.of();
            }
            boolean left = handSlotsOver(from, table);
            List<Runnable> tasks = new ArrayList<>();
            for (Link to : handCommandsOver(from, pending)) {
                tasks.add(to::handOver);
            }
            if (left && from != lobby) {
                boolean all = Arrays.stream(owners).noneMatch(owner -> owner == from);
                tasks.add(() -> from.subscription().keysLeft(all));
            }
            return tasks;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private boolean handSlotsOver(Link from, @Nullable HostAndPort[] table) {
        boolean left = false;
        for (int slot = 0; slot < Slots.COUNT; slot++) {
            HostAndPort node = table[slot];
            if (owners[slot] == from && node != null) {
                Link to = nodes.computeIfAbsent(node, address -> new Link(new Member(address), opener, context));
                owners[slot] = to;
                left |= to != from;
            }
        }
        return left;
    }

    private Collection<Link> handCommandsOver(Link from, Deque<Command> pending) {
        from.drainTo(pending);
        Set<Link> receivers = new LinkedHashSet<>();
        for (Iterator<Command> all = pending.iterator(); all.hasNext(); ) {
            Command command = all.next();
            if (!command.isProbe()) {
                Link to = owners[slotOf(command)];
                if (to != from) {
                    all.remove();
                    to.offer(command);
                    receivers.add(to);
                }
            }
        }
        return receivers;
    }

    /** Where commands wait until it is known which node serves their slot. */
    private final class Lobby implements Placement {
        @Override
        public Session open(long nanos) throws Unreachable {
            throw new Unreachable(new Failure(
                    "no node of the Redis Cluster serves the key's slot: see CLUSTER SLOTS", null, true, Cure.PAUSE));
        }

        @Override
        public String name() {
            return "cluster";
        }

        @Override
        public boolean knowsServer() {
            return false;
        }

        @Override
        public boolean isReplaceable() {
            return true;
        }

        @Override
        public List<Runnable> reroute(Link link, Deque<Command> pending, Map<Integer, HostAndPort> moved, long nanos)
                throws Unreachable {
            return Cluster.this.reroute(link, pending, moved, nanos);
        }
    }

    /** A node that serves slots, as far as is known. */
    private final class Member implements Placement {
        private final HostAndPort node;

        Member(HostAndPort node) {
            this.node = node;
        }

        @Override
        public Session open(long nanos) throws Unreachable {
            return opener.open(node, nanos);
        }

        @Override
        public String name() {
            return node.toString();
        }

        @Override
        public boolean isReplaceable() {
            return true;
        }

        @Override
        public List<Runnable> reroute(Link link, Deque<Command> pending, Map<Integer, HostAndPort> moved, long nanos)
                throws Unreachable {
            return Cluster.this.reroute(link, pending, moved, nanos);
        }
    }
}
