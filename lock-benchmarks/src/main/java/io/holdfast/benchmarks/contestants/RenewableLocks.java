package io.holdfast.benchmarks.contestants;

/**
 * Locks whose leases can be made to begin anew by the application.
 *
 * @param <H> what stands for a held lock
 */
public interface RenewableLocks<H> extends NamedLocks<H> {
    /**
     * Lets the lease of a hold begin anew.
     *
     * @param hold as acquired, or as renewed last
     * @return the hold as it is from now on
     * @throws IllegalStateException if it has been lost
     */
    H renew(H hold);
}
