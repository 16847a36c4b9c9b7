package io.holdfast.conformance.simulation;

import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockTimeoutException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** What uses the lock in a run over several servers: asks for resources, holds what it gets for a while, and releases it. */
final class Applications {
    private final Setting setting;
    private final World world;
    private final Habits habits;
    private final Aside aside;
    private int unanswered;

    /** Applications that do nothing aside. */
    Applications(Setting setting, Habits habits) {
        this(setting, habits, (instance, handle, duration) -> {});
    }

    Applications(Setting setting, Habits habits, Aside aside) {
        this.setting = setting;
        this.world = setting.world();
        this.habits = habits;
        this.aside = aside;
    }

    /** Has a client ask, now and in this instance's process. */
    void ask(Instance instance, Request request) {
        SimulatedProcess process = instance.process();
        world.note(process.name(), request::toString);
        instance.clients().add(request.client());
        unanswered++;
        long asked = world.now() - process.pausedFor();
        CompletableFuture<LockHandle> future = instance.manager()
                .acquireAsync(request.resource(), request.client(), request.timeout(), request.options());
        CompletableFuture<?> unused = future.whenComplete((handle, failure) -> {
            unanswered--;
            checkDuration(request, world.now() - process.pausedFor() - asked);
            if (failure == null) {
                use(instance, handle);
            } else {
                world.note(process.name(), () -> request.client() + " fails: " + failure);
                judge(request, failure);
            }
        });
        if (habits.cancel() && world.chance(0.2)) {
            process.later(
                    () -> future.cancel(true),
                    world.between(0, 1 + request.timeout().toNanos()));
        }
    }

    /** The answer is there in time, for somebody who doesn't see the time in which the process stands still. */
    private void checkDuration(Request request, long took) {
        long allowed = request.timeout().plus(SimulatedProcess.ANSWER_TIMEOUT).toMillis() + 20;
        if (took > allowed * World.MILLIS * 1_002 / 1_000) {
            setting.violated(request.client() + " waited for " + took / World.MILLIS + " ms for " + request.resource());
        }
    }

    private void judge(Request request, Throwable failure) {
        boolean allowed = failure instanceof LockTimeoutException
                || failure instanceof CancellationException
                || (failure instanceof LockBackendException && habits.mayFail());
        if (!allowed) {
            setting.violated(request.client() + " failed though nothing is wrong: " + failure);
        }
    }

    /** Holds what a client has got, and releases it after a while. */
    void use(Instance instance, LockHandle handle) {
        SimulatedProcess process = instance.process();
        String client = handle.client();
        world.note(process.name(), () -> client + " has " + handle.resource() + " token " + handle.fencingToken());
        HandleObserver.Held held = setting.observer().got(process, handle);
        long duration = world.between(0, world.chance(habits.longUses()) ? habits.longest() : 100 * World.MILLIS);
        process.later(
                () -> {
                    world.note(process.name(), () -> client + " releases " + handle.resource());
                    held.releasing();
                    CompletableFuture<?> unused = handle.releaseAsync().exceptionally(failed -> false);
                },
                duration);
        aside.holding(instance, handle, duration);
    }

    /** How many requests wait for their answer. */
    int unanswered() {
        return unanswered;
    }

    /**
     * What the applications of a run are like.
     *
     * @param mayFail whether the backend may fail, as something is wrong with it
     * @param cancel whether they cancel some of their requests
     * @param longUses how often a hold is used for long
     * @param longest the longest use, in nanoseconds
     */
    record Habits(boolean mayFail, boolean cancel, double longUses, long longest) {}

    /** What an application does besides. */
    @FunctionalInterface
    interface Aside {
        /** It has got a hold, and is going to release it after a while, in nanoseconds. */
        void holding(Instance instance, LockHandle handle, long duration);
    }
}
