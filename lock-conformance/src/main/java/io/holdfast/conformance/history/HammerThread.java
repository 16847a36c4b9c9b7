package io.holdfast.conformance.history;

import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.core.LockManager;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One thread that does one thing after the other, each as a new client. */
final class HammerThread {
    private final HammerConnection connection;
    private final HammerPlan plan;
    private final Random random;
    private final int number;
    private final long lease;
    private int clients;

    HammerThread(HammerConnection connection, HammerPlan plan, int number) {
        this.connection = connection;
        this.plan = plan;
        this.number = number;
        this.lease = plan.lease().toNanos();
        this.random = new Random(plan.seed() * 31 + number);
    }

    void doSomething() {
        HammerConnection.Incarnation at = connection.present();
        String client = at.process() + "-" + number + "-" + ++clients;
        String resource = "resource-" + random.nextInt(plan.resources());
        int choice = random.nextInt(100);
        try {
            if (choice < 60) {
                at.locks().tryAcquire(resource, client, timeout(), options()).ifPresent(hold -> use(at, hold));
            } else if (choice < 80) {
                cancel(at, resource, client);
            } else if (choice < 90) {
                interrupt(at, resource, client);
            } else {
                Optional<?> unused = at.locks().inspect(resource);
            }
        } catch (LockBackendException silent) {
            // The connection has crashed: the next thing is done on its successor.
            LockSupport.parkNanos(lease / 10);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration timeout() {
        return random.nextInt(4) == 0 ? Duration.ZERO : Duration.ofNanos(1 + random.nextLong(2 * lease));
    }

    private LockOptions options() {
        return LockOptions.defaults().withLease(plan.lease()).withAutoRenewal(random.nextBoolean());
    }

    private void use(HammerConnection.Incarnation at, LockHandle hold) {
        for (int i = random.nextInt(4); i >= 0; i--) {
            look(at.recorder(), hold);
            pause();
        }
        look(at.recorder(), hold);
        int choice = random.nextInt(100);
        if (choice < 5) {
            hold.heartbeat();
            look(at.recorder(), hold);
        } else if (choice < 10) {
            again(at.locks(), hold);
        } else if (choice < 15) {
            overhold(at.recorder(), hold);
        } else if (choice < 17) {
            at.locks().release(hold.resource(), hold.client());
        }
        hold.close();
    }

    private void overhold(Recorder recorder, LockHandle hold) {
        for (int i = 0; i < 6; i++) {
            LockSupport.parkNanos(lease / 4);
            look(recorder, hold);
        }
    }

    private static void look(Recorder recorder, LockHandle hold) {
        long askedAt = recorder.now();
        if (hold.isValid()) {
            recorder.valid(hold.resource(), hold.client(), hold.fencingToken(), askedAt);
        }
    }

    private void again(LockManager locks, LockHandle hold) {
        try {
            Optional<LockHandle> same = locks.tryAcquire(hold.resource(), hold.client(), Duration.ZERO, options());
            same.ifPresent(LockHandle::close);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void cancel(HammerConnection.Incarnation at, String resource, String client) {
        CompletableFuture<LockHandle> future = at.locks().acquireAsync(resource, client, timeout(), options());
        pause();
        // Whoever cancels too late has the hold after all.
        if (!future.cancel(false) && !future.isCompletedExceptionally()) {
            use(at, future.join());
        }
    }

    private void interrupt(HammerConnection.Incarnation at, String resource, String client) {
        Interruption interruption = new Interruption(Thread.currentThread());
        CompletableFuture<Void> unused = CompletableFuture.runAsync(
                interruption::happen, CompletableFuture.delayedExecutor(random.nextLong(lease), TimeUnit.NANOSECONDS));
        try {
            at.locks().tryAcquire(resource, client, timeout(), options()).ifPresent(hold -> use(at, hold));
        } catch (InterruptedException expected) {
            // Nothing is left of the request; the checker sees to that.
        } finally {
            interruption.end();
        }
    }

    private void pause() {
        switch (random.nextInt(8)) {
            case 0 -> LockSupport.parkNanos(random.nextLong(lease / 8));
            case 1, 2, 3 -> LockSupport.parkNanos(random.nextLong(200_000));
            default -> Thread.onSpinWait();
        }
    }
}
