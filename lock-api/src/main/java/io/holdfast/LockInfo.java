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
 * @param acquiredAt when the hold began, by the backend's wall clock
 * @param expiresAt when its lease runs out if nothing extends it, by the same clock
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
