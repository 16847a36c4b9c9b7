package io.holdfast.spi;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * What a store offers beyond {@link LockBackend} so that fencing tokens stay in order over several stores: a member of a
 * quorum must have it, and so must shards between which resources move. A backend that can do this implements both
 * interfaces.
 *
 * <p>Everything said of the commands of a backend is true of these: they are asynchronous, may be sent twice, and fail
 * with a {@link io.holdfast.LockBackendException}.
 */
public interface TokenFloor {
    /**
     * Raises the token of a hold. If the hold exists, with the token by which it is named or already with the wanted one,
     * then from now on
     *
     * <ul>
     *   <li>its own token, by which it is renewed, released, inspected and granted again to its client, is the wanted one,
     *   <li>every hold of the resource that begins later has a greater one, whatever becomes of this hold.
     * </ul>
     *
     * Both happen in one step, or neither. A token is never lowered: if the hold's own token is greater than the wanted
     * one, and it is named by it, it keeps it. The lease and the claims of requests stay as they are. If there is no such
     * hold, nothing changes.
     *
     * @param hold which hold, with its token
     * @param token the wanted token
     * @return completes with whether the hold exists, and since when the store remembers
     */
    CompletionStage<Raised> raiseToken(HoldRef hold, long token);

    /**
     * Raises the tokens of all holds to come: every hold that begins later, of whichever resource, has a greater token than
     * this one. Present holds keep theirs.
     *
     * @param token the token; 0 changes nothing and asks how far the tokens have come
     * @param incarnation the only life of the store in which this is to change anything: whoever has found out what its
     *     tokens must exceed, has done so for that one
     * @return completes with a number that no token which the store has given so far exceeds, and that is not smaller than
     *     the token asked for if it could be raised to that, and since when the store remembers
     */
    CompletionStage<Floor> raiseFloor(long token, long incarnation);

    /**
     * The answer to {@link #raiseToken}.
     *
     * @param found whether the hold exists, and so has the wanted token or a greater one now
     * @param memory what the store that answered remembers
     */
    record Raised(boolean found, Memory memory) {}

    /**
     * The answer to {@link #raiseFloor}.
     *
     * @param token all tokens given so far are no greater, all tokens to come are greater than what was asked for in
     *     this life of the store
     * @param raised whether a token other than 0 has been asked for since the store began to remember, now or before
     * @param memory what the store that answered remembers
     */
    record Floor(long token, boolean raised, Memory memory) {}

    /**
     * For how long a store has remembered everything that it granted. One that may forget a hold at a restart has
     * remembered since it started; one that writes everything to disk before it answers has remembered for ever.
     *
     * @param incarnation differs from that of every earlier life of the store which may have been forgotten, and from that of
     *     every other store, by which one with two addresses is told: a random number that is made with each start, or once for all by a store
     *     that never forgets
     * @param age how long the store has certainly remembered, counted back from the answer by the store's monotonic clock;
     *     {@link #FOR_EVER} for a store that never forgets
     */
    record Memory(long incarnation, Duration age) {
        /** The age of a memory that outlasts restarts. */
        public static final Duration FOR_EVER = Duration.ofDays(36_525);
    }
}
