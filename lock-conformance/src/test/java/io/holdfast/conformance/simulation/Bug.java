package io.holdfast.conformance.simulation;

/** Mistakes that people make in lock services, to be planted into the simulated backend and its server. */
enum Bug implements PlantedBug {
    /** None: the backend as it should be. */
    NONE(""),
    /** A granted lease is counted from the arrival of the answer, not from the sending of the question. */
    GRANT_COUNTED_FROM_ARRIVAL("valid when"),
    /** The same for a grant that was waited for. */
    TURN_COUNTED_FROM_ARRIVAL("valid when"),
    /** The same for a renewal. */
    RENEWAL_COUNTED_FROM_ARRIVAL("valid when"),
    /** Clocks are taken to run at the same speed. */
    DRIFT_IGNORED("valid when"),
    /** A withdrawal only leaves the queue: a grant that crosses it on the way is kept. */
    WITHDRAWAL_LEAVES_ONLY_THE_QUEUE("left behind"),
    /** A withdrawal isn't remembered: an acquire that it overtook is granted afterwards. */
    WITHDRAWAL_NOT_REMEMBERED("left behind"),
    /** A withdrawal is sent once, and its loss goes unnoticed. */
    WITHDRAWAL_NOT_REPEATED("left behind"),
    /** A repeated acquire is carried out again, though the hold that it got has ended since. */
    ACQUIRE_CARRIED_OUT_TWICE("left behind"),
    /** A release ends whatever hold the client has, also a newer one. */
    RELEASE_IGNORES_THE_TOKEN("valid when"),
    /** A release whose answer is lost counts as done. */
    RELEASE_NOT_REPEATED("left behind"),
    /** The renewal goes on after the release. */
    RENEWAL_AFTER_RELEASE("renewal after release"),
    /** A renewal brings a hold back that has ended, if nobody has the resource. */
    RENEWAL_REVIVES("nobody asked for"),
    /** A renewal that isn't answered counts as a loss. */
    UNANSWERED_RENEWAL_IS_A_LOSS("lost without a reason"),
    /** A command that isn't answered reads as "held by somebody else". */
    FAILURE_READS_AS_HELD("somebody else holds it, but nobody did"),
    /** After a new connection nobody asks again for what waits, nor at the end of the known lease. */
    WAITERS_FORGOTTEN_AT_RECONNECT("not told that it has it"),
    /** Tokens begin again when the server restarts. */
    TOKENS_BEGIN_AGAIN("fencing"),
    /** The queue is served last come, first served. */
    LAST_COME_FIRST_SERVED("first come"),
    /** A waiter that asks again goes to the end of the queue. */
    PLACE_LOST_AT_RECONNECT("first come");

    private final String symptom;

    Bug(String symptom) {
        this.symptom = symptom;
    }

    @Override
    public String symptom() {
        return symptom;
    }
}
