package io.holdfast.conformance.simulation;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is true of one resource in the server: who has held it from when to when, and who came when to wait. */
final class ResourceRecord {
    private final Observer observer;
    private final World world;
    private final String name;
    private final List<Held> past = new ArrayList<>();
    private final Map<String, Set<Long>> queue = new LinkedHashMap<>();
    private final Map<Long, SimulatedProcess> releasers = new HashMap<>();
    /** Whose hold may begin by the present command. */
    private final Set<String> entitled = new HashSet<>();

    private Held present;
    private String lastServed = "";
    private long greatest;

    ResourceRecord(Observer observer, World world, String name) {
        this.observer = observer;
        this.world = world;
        this.name = name;
    }

    /** An acquire has reached the server. */
    void asked(AcquireRequest request) {
        entitled.add(request.client());
    }

    /** Takes the present state of the server's table, after each command. */
    void look(Optional<LockInfo> hold) {
        compare(hold);
        entitled.clear();
    }

    private void compare(Optional<LockInfo> hold) {
        boolean same = hold.isPresent()
                && present != null
                && hold.get().fencingToken() == present.token
                && hold.get().client().equals(present.client);
        if (same) {
            return;
        }
        if (present != null) {
            past.add(new Held(present.client, present.token, present.from, world.now()));
            present = null;
        }
        hold.ifPresent(this::began);
    }

    private void began(LockInfo hold) {
        world.note("server", () -> "NOW HELD: " + name + " by " + hold.client() + " token " + hold.fencingToken());
        present = new Held(hold.client(), hold.fencingToken(), world.now(), Long.MAX_VALUE);
        if (hold.fencingToken() <= greatest) {
            observer.violated("fencing: token " + hold.fencingToken() + " for " + hold.client() + " after " + greatest);
        }
        greatest = Math.max(greatest, hold.fencingToken());
        if (!entitled.contains(hold.client())) {
            observer.violated("a hold that nobody asked for: " + name + " by " + hold.client());
        }
    }

    /** A process's release has ended the hold with a token. */
    void released(SimulatedProcess process, long token) {
        releasers.put(token, process);
    }

    /**
     * Whether the hold with a token was ended by another process than one that has it, too. It is one hold if the same client
     * acquires it in both, and one of them may be dead by then, its release still on the way. The other learns of that
     * with its next renewal.
     */
    boolean wasReleasedByOther(SimulatedProcess process, long token) {
        SimulatedProcess releaser = releasers.get(token);
        return releaser != null && releaser != process;
    }

    boolean isHeldWith(long token) {
        return present != null && present.token == token;
    }

    Optional<String> holder() {
        return Optional.ofNullable(present).map(Held::client);
    }

    /** Whether somebody else than this client has held the resource at some time since a moment. */
    boolean wasHeldByOther(String client, long since) {
        boolean before = past.stream().anyMatch(held -> !held.client.equals(client) && held.to >= since);
        return before || (present != null && !present.client.equals(client));
    }

    /** When the present hold of a client began, if it has one. */
    Optional<Long> heldSince(String client) {
        return Optional.ofNullable(present)
                .filter(held -> held.client.equals(client))
                .map(Held::from);
    }

    void queued(AcquireRequest request) {
        queue.computeIfAbsent(request.client(), client -> new HashSet<>()).add(request.id());
    }

    void left(AcquireRequest request) {
        Set<Long> requests = queue.get(request.client());
        if (requests != null && requests.remove(request.id()) && requests.isEmpty()) {
            queue.remove(request.client());
        }
    }

    void turnOf(AcquireRequest request) {
        entitled.add(request.client());
        if (!queue.containsKey(request.client()) && request.client().equals(lastServed)) {
            return;
        }
        String first = queue.isEmpty() ? "nobody" : queue.keySet().iterator().next();
        if (!first.equals(request.client())) {
            observer.violated("first come, first served: " + request.client() + " was served before " + first);
        }
        queue.remove(request.client());
        lastServed = request.client();
    }

    private record Held(String client, long token, long from, long to) {}
}
