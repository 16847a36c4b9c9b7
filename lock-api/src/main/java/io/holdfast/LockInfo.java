package io.holdfast;

import java.time.Duration;
import java.time.Instant;

/**
 * A hold as the backend saw it at one moment, for people and for monitoring. It is old when it arrives: decide nothing
 * by it that the lock itself should decide.
 *
 * @param resource the resource that is held
 * @param client who holds it
 * @param fencingToken the hold's token; 0 for a {@link LockStatus#FOREIGN} hold
 * @param status whose hold it is
 * @param acquiredAt when the hold began, by the backend's wall clock. etcd has none: there, when it was asked for, by the wall clock of the
 *     process that asked, and for a {@link LockStatus#FOREIGN} hold the moment of the look
 * @param expiresAt when its lease runs out if nothing extends it: the moment of the look, by the clock of whoever keeps the lease (in
 *     etcd, of this process), and {@code remaining}
 * @param remaining what was left of the lease at the moment of the look; never negative, and not affected by wall
 *     clocks
 * @param waiters how many clients wait for the resource
 */
public record LockInfo(
        String resource,
        String client,
        long fencingToken,
        LockStatus status,
        Instant acquiredAt,
        Instant expiresAt,
        Duration remaining,
        int waiters) {}
