package io.holdfast.conformance.model;

import io.holdfast.conformance.InMemoryFixture;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A process that stands still while time passes for its store: its timers that fall due meanwhile come when it goes on. Time is the
 * test's, but the check takes it for real, since there is a slack.
 */
final class StandingStill extends InMemoryFixture {
    private final boolean stands;
    private final List<Runnable> late = new ArrayList<>();
    private boolean isStanding;

    /**
     * Makes a fixture of an in-memory engine.
     *
     * @param stands whether it stands still whenever time passes
     * @param fault what is wrong with the store
     */
    StandingStill(boolean stands, UnaryOperator<LockBackend> fault) {
        super(1, (connections, time) -> fault.apply(connections.get(0)));
        this.stands = stands;
    }

    @Override
    public Duration slack() {
        return shortestLease().dividedBy(4);
    }

    /** The engine has timers of its own, which are never late. */
    @Override
    public Scheduler scheduler() {
        return (task, delayNanos) -> time().schedule(() -> fallDue(task), delayNanos);
    }

    private void fallDue(Runnable task) {
        if (isStanding) {
            late.add(task);
        } else {
            task.run();
        }
    }

    @Override
    public void letTimePass(Duration duration) {
        isStanding = stands;
        super.letTimePass(duration);
        isStanding = false;
        List<Runnable> due = List.copyOf(late);
        late.clear();
        due.forEach(Runnable::run);
    }
}
