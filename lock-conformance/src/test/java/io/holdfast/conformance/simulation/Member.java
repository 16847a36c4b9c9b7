package io.holdfast.conformance.simulation;

import io.holdfast.core.LockManager;
import java.util.ArrayList;
import java.util.List;

/** One process with its lock manager, connected to the server. */
final class Member {
    private final SimulatedProcess process;
    private final SimulatedBackend backend;
    private final LockManager manager;
    private final List<Caller> callers = new ArrayList<>();
    private boolean closed;

    Member(SimulatedProcess process, SimulatedBackend backend) {
        this.process = process;
        this.backend = backend;
        this.manager = process.newManager(backend);
    }

    SimulatedProcess process() {
        return process;
    }

    SimulatedBackend backend() {
        return backend;
    }

    LockManager manager() {
        return manager;
    }

    boolean isClosed() {
        return closed;
    }

    void asked(Caller caller) {
        callers.add(caller);
    }

    /** All clients that have asked for something here. */
    List<String> clients() {
        return callers.stream().map(Caller::client).toList();
    }

    /** Closes the manager, as at the orderly end of a process, and checks that nothing of it goes on. */
    void close(Observer observer) {
        if (closed || process.isCrashed()) {
            return;
        }
        closed = true;
        observer.holdsOf(process).forEach(TrackedHold::releasing);
        process.withoutWaiting(manager::close);
        if (!process.isCrashed() && process.timers() > 0) {
            observer.violated(process.timers() + " timers are left of the closed manager of " + process.name());
        }
    }

    /** Checks that every request was answered. */
    void lookBack(Observer observer) {
        if (process.isCrashed()) {
            return;
        }
        for (Caller caller : callers) {
            if (!caller.isOver()) {
                observer.violated("no answer: " + caller);
            }
        }
    }
}
