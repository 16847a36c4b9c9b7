package io.holdfast.conformance.simulation;

import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Checks, in the end of a run over several servers, what must be true when all has been well for a while.
 *
 * @param setting where the run takes place
 * @param applications what has used the lock
 * @param resources what was locked
 */
record LookBack(Setting setting, Applications applications, List<String> resources) {
    /** Every request has its answer, unless it may have died with its process. */
    void allAreAnswered(Fleet fleet) {
        if (applications.unanswered() > 0 && fleet.orphans().isEmpty()) {
            setting.violated(applications.unanswered() + " requests have no answer");
        }
    }

    /** No server has a hold, but of clients that are excused. */
    void nothingIsLeft(Collection<SimulatedServer> servers, Predicate<String> excused) {
        for (SimulatedServer server : servers) {
            for (String resource : resources) {
                server.inspect(resource)
                        .filter(hold -> !excused.test(hold.client()))
                        .ifPresent(hold -> setting.violated("left behind: " + hold));
            }
        }
    }

    /** A newcomer gets whatever it asks for, one resource after the other, and can use it. */
    void newcomerGetsAll(Instance newcomer, Duration lease) {
        for (String resource : resources) {
            CompletableFuture<LockHandle> asked = newcomer.manager()
                    .acquireAsync(
                            resource,
                            "newcomer",
                            Duration.ofSeconds(2),
                            LockOptions.defaults().withLease(lease));
            setting.runUntil(setting.world().now() + 3_000 * World.MILLIS);
            if (!asked.isDone() || asked.isCompletedExceptionally()) {
                setting.violated("out of reach though all is well: " + resource + " " + asked);
            } else {
                applications.use(newcomer, asked.join());
            }
        }
    }
}
