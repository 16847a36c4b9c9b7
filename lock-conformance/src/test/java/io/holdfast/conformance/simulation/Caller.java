package io.holdfast.conformance.simulation;

import io.holdfast.LockBackendException;
import io.holdfast.LockClosedException;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.LockTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** Asks for a resource once, as one client in one process, and does something with the hold if it gets one. */
final class Caller {
    private static final List<Integer> LEASES = List.of(40, 150, 400, 3_000, 300_000);
    private static final List<Integer> TIMEOUTS = List.of(0, 50, 500, 5_000);
    private static final long SHORT_LEASE = 500 * World.MILLIS;

    private final World world;
    private final Observer observer;
    private final Member member;
    private final SimulatedProcess process;
    private final String resource;
    private final String client;
    private final LockOptions options;
    private final Duration timeout;
    private final boolean calm;
    private final boolean alone;
    private long askedAt;
    private long pausedBefore;
    private boolean ended;

    Caller(World world, Observer observer, Member member, String resource, String client, boolean alone, boolean calm) {
        this.world = world;
        this.observer = observer;
        this.member = member;
        this.process = member.process();
        this.resource = resource;
        this.client = client;
        this.alone = alone;
        this.calm = calm;
        this.options = LockOptions.defaults()
                .withLease(Duration.ofMillis(world.oneOf(LEASES)))
                .withAutoRenewal(world.chance(0.7));
        this.timeout = Duration.ofMillis(world.oneOf(TIMEOUTS));
    }

    void ask() {
        world.note(process.name(), () -> client + " asks for " + resource + ", " + options + ", timeout " + timeout);
        askedAt = world.now();
        pausedBefore = process.pausedFor();
        member.asked(this);
        CompletableFuture<LockHandle> future;
        try {
            future = member.manager().acquireAsync(resource, client, timeout, options);
        } catch (LockClosedException closed) {
            ended = true;
            return;
        }
        CompletableFuture<LockHandle> unused = future.whenComplete(this::end);
        if (world.chance(0.25)) {
            process.later(() -> cancel(future), world.between(0, 1 + 2 * timeout.toNanos() / 3));
        }
    }

    private void cancel(CompletableFuture<LockHandle> future) {
        if (!future.isDone()) {
            world.note(process.name(), () -> client + " cancels its request for " + resource);
            future.cancel(true);
        }
    }

    String client() {
        return client;
    }

    boolean isOver() {
        return ended;
    }

    @Override
    public String toString() {
        return "request of " + client + " for " + resource + " in " + process.name();
    }

    private void end(LockHandle handle, Throwable failure) {
        ended = true;
        checkDuration();
        if (failure == null) {
            world.note(process.name(), () -> client + " has " + resource + " token " + handle.fencingToken());
            use(observer.got(process, handle));
        } else {
            world.note(process.name(), () -> client + " fails: " + failure);
            checkFailure(failure);
        }
    }

    private void checkDuration() {
        long paused = process.pausedFor() - pausedBefore;
        // A backend that is silent has the answer timeout on top, to answer or to confirm that nothing is left.
        long allowedMillis = timeout.toMillis() + (calm ? 15 : SimulatedProcess.ANSWER_TIMEOUT.toMillis() + 20);
        long allowed = allowedMillis * World.MILLIS * 1_002 / 1_000;
        if (world.now() - askedAt - paused > allowed) {
            observer.violated(this + " took " + (world.now() - askedAt) / World.MILLIS + " ms");
        }
    }

    private void checkFailure(Throwable failure) {
        if (failure instanceof LockTimeoutException) {
            checkTimeout();
        } else if (failure instanceof LockBackendException) {
            if (calm && !member.isClosed()) {
                observer.violated(this + " failed though nothing is wrong: " + failure);
            }
        } else if (!(failure instanceof CancellationException) && !(failure instanceof LockClosedException)) {
            observer.violated(this + " failed with " + failure);
        }
    }

    private void checkTimeout() {
        ResourceRecord record = observer.resource(resource);
        if (!record.wasHeldByOther(client, askedAt)) {
            observer.violated(this + " was told that somebody else holds it, but nobody did");
        }
        // It may take the adapter a while to notice that it wasn't told, but not longer, once all is well.
        long known = calm ? 20 * World.MILLIS : 1_500 * World.MILLIS;
        long healed = calm ? 0 : Simulation.TROUBLE;
        boolean untold = record.heldSince(client)
                .filter(since -> world.now() - Math.max(since, healed) > known)
                .isPresent();
        if (untold) {
            observer.violated(this + " was not told that it has it");
        }
    }

    private void use(TrackedHold hold) {
        // Another request of the same client might lengthen the lease of what is forgotten.
        boolean forgets =
                alone && !options.autoRenewal() && hold.handle().lease().toNanos() < SHORT_LEASE;
        if (forgets && world.chance(0.3)) {
            return;
        }
        long duration = world.between(0, world.chance(0.2) ? 4_000 * World.MILLIS : 100 * World.MILLIS);
        process.later(() -> release(hold), duration);
        if (world.chance(0.15)) {
            process.later(() -> release(hold), duration + world.between(0, 20 * World.MILLIS));
        }
        if (world.chance(0.15)) {
            Caller again = new Caller(world, observer, member, resource, client, false, calm);
            process.later(again::ask, world.between(0, duration + 10 * World.MILLIS));
        }
    }

    private void release(TrackedHold hold) {
        world.note(process.name(), () -> client + " releases " + hold);
        hold.releasing();
        CompletableFuture<Boolean> unused = hold.handle().releaseAsync().whenComplete((released, failure) -> {
            boolean allowed = failure instanceof LockBackendException || failure instanceof LockClosedException;
            if (failure != null && !allowed) {
                observer.violated("release of " + hold + " failed with " + failure);
            }
        });
    }
}
