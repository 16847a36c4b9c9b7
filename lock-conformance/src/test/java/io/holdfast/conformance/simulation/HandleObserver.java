package io.holdfast.conformance.simulation;

import io.holdfast.LockHandle;
import io.holdfast.conformance.ForwardingBackend;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.LockBackend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Sees all handles in all processes, and all grants of a backend over several servers, and notes what must not be. */
final class HandleObserver {
    private final World world;
    private final Observer ofOneServer;
    private final List<Held> holds = new ArrayList<>();
    private final List<Held> watched = new ArrayList<>();
    private final Map<String, Held> greatest = new HashMap<>();
    private final Violations violations;

    HandleObserver(World world, List<String> resources) {
        this.world = world;
        this.violations = new Violations(world);
        this.ofOneServer = new Observer(world, resources);
    }

    /** What a single server does isn't judged: it may lose its memory here. */
    Observer ofOneServer() {
        return ofOneServer;
    }

    Violations violations() {
        return violations;
    }

    Held got(SimulatedProcess process, LockHandle handle) {
        for (Held held : holds) {
            if (held.handle == handle) {
                return held;
            }
        }
        Held held = new Held(process, handle);
        holds.add(held);
        watched.add(held);
        compare(held);
        return held;
    }

    /** Looks at all handles; called after everything that happens. */
    void lookAround() {
        watched.removeIf(held -> held.process.isCrashed() || held.released || !held.handle.isValid());
        for (int i = 0; i < watched.size(); i++) {
            for (int j = i + 1; j < watched.size(); j++) {
                Held one = watched.get(i);
                Held other = watched.get(j);
                boolean same = one.handle.resource().equals(other.handle.resource());
                if (same && !one.handle.client().equals(other.handle.client())) {
                    violations.add("two hold " + one.handle.resource() + ": " + one + " and " + other);
                }
            }
        }
    }

    /** A backend over several servers, whose grants are noted. */
    LockBackend observing(LockBackend joined) {
        return new ForwardingBackend(joined) {
            @Override
            public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
                return super.acquire(request).thenApply(reply -> observe(reply));
            }
        };
    }

    private AcquireReply observe(AcquireReply reply) {
        if (reply instanceof Grant grant) {
            granted(grant);
        } else if (reply instanceof AcquireReply.Queued queued) {
            return new AcquireReply.Queued(queued.holder(), queued.grant().thenApply(this::observe));
        }
        return reply;
    }

    private Optional<Grant> observe(Optional<Grant> grant) {
        grant.ifPresent(this::granted);
        return grant;
    }

    private void granted(Grant grant) {
        world.note("servers", () -> "GRANTS " + grant.resource() + " to " + grant.client() + " token " + grant.token());
    }

    /** A handle that is valid has a greater token than all that were valid before. */
    private void compare(Held held) {
        LockHandle handle = held.handle;
        if (!handle.isValid()) {
            // It was lost on its way to the caller: somebody else may have had the resource since.
            return;
        }
        Held before = greatest.get(handle.resource());
        if (before != null && handle.fencingToken() <= before.handle.fencingToken()) {
            boolean again = handle.fencingToken() == before.handle.fencingToken()
                    && handle.client().equals(before.handle.client());
            if (!again) {
                violations.add("fencing: " + held + " after " + before);
            }
            return;
        }
        greatest.put(handle.resource(), held);
    }

    /** A handle in the hands of a caller. */
    static final class Held {
        private final SimulatedProcess process;
        private final LockHandle handle;
        private boolean released;

        private Held(SimulatedProcess process, LockHandle handle) {
            this.process = process;
            this.handle = handle;
        }

        void releasing() {
            released = true;
        }

        @Override
        public String toString() {
            return handle.client() + " in " + process.name() + " with token " + handle.fencingToken();
        }
    }
}
