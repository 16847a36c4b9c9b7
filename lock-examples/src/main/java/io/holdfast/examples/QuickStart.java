package io.holdfast.examples;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.Locks;
import java.time.Duration;

/** The ten lines to begin with: open a lock, hold a resource, work, let go. */
public final class QuickStart {
    private QuickStart() {}

    /**
     * Holds one resource for a moment.
     *
     * @param args none
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public static void main(String[] args) throws InterruptedException {
        try (DistributedLock locks = Locks.open("memory:")) {
            try (LockHandle hold = locks.newClient().acquire("orders/42", Duration.ofSeconds(5))) {
                System.out.println("I alone work on " + hold.resource() + ", by token " + hold.fencingToken());
            }
        }
    }
}
