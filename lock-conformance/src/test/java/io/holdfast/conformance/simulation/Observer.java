package io.holdfast.conformance.simulation;

import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Sees everything, in all processes and in the server, and notes whatever the contract forbids. */
final class Observer {
    private final World world;
    private final Map<String, ResourceRecord> resources = new TreeMap<>();
    private final List<TrackedHold> holds = new ArrayList<>();
    private final List<TrackedHold> watched = new ArrayList<>();
    private final Violations violations;

    Observer(World world, List<String> names) {
        this.world = world;
        this.violations = new Violations(world);
        names.forEach(name -> resources.put(name, new ResourceRecord(this, world, name)));
    }

    void violated(String what) {
        violations.add(what);
    }

    Violations violations() {
        return violations;
    }

    Collection<String> resources() {
        return resources.keySet();
    }

    ResourceRecord resource(String name) {
        return resources.get(name);
    }

    // What the server reports.

    void look(String resource, Optional<LockInfo> hold) {
        resources.get(resource).look(hold);
    }

    void asked(AcquireRequest request) {
        resources.get(request.resource()).asked(request);
    }

    void queued(AcquireRequest request) {
        resources.get(request.resource()).queued(request);
    }

    void left(AcquireRequest request) {
        resources.get(request.resource()).left(request);
    }

    void turnOf(AcquireRequest request) {
        resources.get(request.resource()).turnOf(request);
    }

    /** A process's release has ended a hold. */
    void released(SimulatedProcess process, HoldRef hold) {
        resources.get(hold.resource()).released(process, hold.token());
    }

    // What the processes report.

    /** A manager sends a renewal. */
    void renewing(SimulatedProcess process, HoldRef hold) {
        // A client that acquires again what it has lost may have a second handle with the same token.
        TrackedHold meant = null;
        for (TrackedHold tracked : holds) {
            if (tracked.isOf(process, hold)) {
                if (!tracked.wasGivenUp()) {
                    return;
                }
                meant = tracked;
            }
        }
        if (meant != null) {
            violated("renewal after release: " + meant);
        }
    }

    /** A caller gets a handle, perhaps one that another caller has already. */
    TrackedHold got(SimulatedProcess process, LockHandle handle) {
        for (TrackedHold tracked : holds) {
            if (tracked.handle() == handle) {
                return tracked;
            }
        }
        TrackedHold tracked = new TrackedHold(this, world, process, handle);
        holds.add(tracked);
        watched.add(tracked);
        return tracked;
    }

    List<TrackedHold> holdsOf(SimulatedProcess process) {
        return holds.stream().filter(hold -> hold.process() == process).toList();
    }

    /** Looks at all handles; called after everything that happens. */
    void lookAround() {
        if (!watched.isEmpty()) {
            watched.removeIf(TrackedHold::isSettled);
            watched.forEach(TrackedHold::look);
        }
    }

    /** Checks what must be true when all is quiet. */
    void lookBack() {
        holds.forEach(TrackedHold::lookBack);
    }
}
