package io.holdfast.conformance.simulation;

import io.holdfast.LockHandle;
import io.holdfast.spi.HoldRef;

/** A handle in the hands of a caller, under observation. */
final class TrackedHold {
    private final Observer observer;
    private final World world;
    private final SimulatedProcess process;
    private final LockHandle handle;
    private boolean released;
    private boolean lost;
    private boolean ended;
    private long lookedAt;
    private long certainUntil;
    private int losses;

    TrackedHold(Observer observer, World world, SimulatedProcess process, LockHandle handle) {
        this.observer = observer;
        this.world = world;
        this.process = process;
        this.handle = handle;
        this.certainUntil = world.now();
        handle.onLost(lost -> lost());
    }

    SimulatedProcess process() {
        return process;
    }

    LockHandle handle() {
        return handle;
    }

    /** Whether its holder gave it up, and had not lost it before. */
    boolean wasGivenUp() {
        return released && !lost;
    }

    /** Its holder, or the end of its manager, releases it: from now on it is neither valid nor lost. */
    void releasing() {
        released = true;
    }

    boolean isOf(SimulatedProcess renewing, HoldRef hold) {
        return renewing == process
                && hold.token() == handle.fencingToken()
                && hold.resource().equals(handle.resource());
    }

    /** Whether nothing can happen to it any more that would be wrong. */
    boolean isSettled() {
        return process.isCrashed();
    }

    private void lost() {
        world.note(process.name(), () -> "is told of the loss of " + this);
        losses++;
        if (losses > 1 || !ended) {
            observer.violated("listener called " + losses + " times for " + this + ", valid: " + !ended);
        }
    }

    void look() {
        boolean valid = handle.isValid();
        if (!valid) {
            if (!ended) {
                end();
            }
            return;
        }
        if (ended) {
            observer.violated("valid again: " + this);
        }
        if (released) {
            observer.violated("valid after its release: " + this);
        }
        ResourceRecord record = observer.resource(handle.resource());
        if (!record.isHeldWith(handle.fencingToken()) && !record.wasReleasedByOther(process, handle.fencingToken())) {
            observer.violated("valid when the server's hold is over: " + this);
        }
        lookedAt = world.now();
        certainUntil = lookedAt + handle.remaining().toNanos();
    }

    private void end() {
        ended = true;
        lost = !released;
        // True time and this process's clock have drifted apart since the last look.
        long tolerance = World.MILLIS + (world.now() - lookedAt) * 2 * Faults.MOST_DRIFT / 1_000_000;
        boolean inTime = world.now() >= certainUntil - tolerance;
        if (!released && !inTime && observer.resource(handle.resource()).isHeldWith(handle.fencingToken())) {
            observer.violated("lost without a reason: " + this);
        }
    }

    void lookBack() {
        if (process.isCrashed()) {
            return;
        }
        // A hold that was lost just before its release may have been reported or not, as the two met.
        boolean wrong = handle.isValid() ? losses > 0 : !released && losses != 1;
        if (wrong) {
            observer.violated("loss told " + losses + " times: " + this);
        }
    }

    @Override
    public String toString() {
        return handle.resource() + " of " + handle.client() + " token " + handle.fencingToken() + " in "
                + process.name();
    }
}
