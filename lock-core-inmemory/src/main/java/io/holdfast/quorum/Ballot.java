package io.holdfast.quorum;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One member's part in the attempt to acquire a resource: what it was asked, and what it has said. */
final class Ballot {
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private final Member member;
    private final AcquireRequest request;
    private State state = State.IDLE;
    private @Nullable AcquireRequest sent;
    private Standing.@Nullable Moment askedWhen;
    private @Nullable LockInfo holder;
    private @Nullable LockBackendException failure;
    private long questions;
    private long withdrawals;
    private long token;
    private long validUntil;
    private long leaseMillis;

    Ballot(Member member, AcquireRequest request) {
        this.member = member;
        this.request = request;
    }

    /** How far it is. */
    enum State {
        /** It wasn't asked yet in this round. */
        IDLE,
        /** It was asked and has not answered. */
        ASKED,
        /** The request is in its queue. */
        WAITING,
        /** Somebody else holds the resource there. */
        REFUSED,
        /** It could not be asked, or did not answer. */
        FAILED,
        /** It has granted a hold, with a token of its own. */
        GRANTED,
        /** Its hold has the quorum's token, and its vote counts. */
        CONFIRMED,
        /** Its hold has the quorum's token, but it was restarted lately, and its vote doesn't count. */
        YOUNG,
        /** Its hold was over, or was raised for another request, before it had the quorum's token. */
        LOST
    }

    Member member() {
        return member;
    }

    State state() {
        return state;
    }

    boolean is(State expected) {
        return state == expected;
    }

    void become(State next) {
        state = next;
    }

    /** The request to send to this member. Its id is the caller's own, or one of its own after a withdrawal: what was withdrawn stays so. */
    AcquireRequest ask(long waitNanos, Standing.Moment now) {
        state = State.ASKED;
        askedWhen = now;
        questions++;
        AcquireRequest asked = new AcquireRequest(
                request.id() + withdrawals * SPREAD,
                request.resource(),
                request.client(),
                request.leaseMillis(),
                waitNanos,
                now.time());
        sent = asked;
        return asked;
    }

    /** Numbers what was asked: answers to earlier questions are of no interest any more. */
    long question() {
        return questions;
    }

    /** What was sent last in this round; null if nothing was. */
    @Nullable
    AcquireRequest sent() {
        return sent;
    }

    AcquireRequest asked() {
        return Objects.requireNonNull(sent, "sent");
    }

    Standing.Moment askedWhen() {
        return Objects.requireNonNull(askedWhen, "askedWhen");
    }

    /** What was sent has been withdrawn: what is sent from now on is something else. */
    void withdrawn() {
        forget();
        withdrawals++;
    }

    /** Nothing was sent, or nothing is left of it. */
    void forget() {
        state = State.IDLE;
        sent = null;
        questions++;
    }

    void continueFrom(Ballot earlier) {
        withdrawals = earlier.withdrawals;
    }

    /** Whether requests have been sent under another id than the caller's. */
    boolean hasIdsOfItsOwn() {
        return withdrawals > 0;
    }

    void granted(Grant grant) {
        state = State.GRANTED;
        token = grant.token();
        validUntil = grant.validUntil();
        leaseMillis = grant.leaseMillis();
    }

    void heldBy(State refusedOrWaiting, LockInfo inTheWay) {
        state = refusedOrWaiting;
        holder = inTheWay;
    }

    void failed(LockBackendException why) {
        state = State.FAILED;
        failure = why;
    }

    Named hold() {
        return new Named(request.resource(), request.client(), token);
    }

    long token() {
        return token;
    }

    long validUntil() {
        return validUntil;
    }

    long leaseMillis() {
        return leaseMillis;
    }

    @Nullable
    LockInfo holder() {
        return holder;
    }

    @Nullable
    LockBackendException failure() {
        return failure;
    }
}
