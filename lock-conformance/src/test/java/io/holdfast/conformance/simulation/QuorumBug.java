package io.holdfast.conformance.simulation;

import io.holdfast.LockInfo;
import io.holdfast.conformance.ForwardingBackend;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.TokenFloor;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Mistakes that people make in quorum locks, to be planted between the quorum and its members. */
enum QuorumBug implements PlantedBug {
    /** None: the quorum as it should be. */
    NONE("", Bug.NONE),
    /** The token of a grant isn't written back. */
    TOKEN_NOT_WRITTEN_BACK("fencing", Bug.NONE),
    /** What a minority grants counts as granted: two of five members are asked by some, other three by others. */
    MINORITY_ACCEPTED("two hold", Bug.NONE),
    /** What was granted on the way to a majority that wasn't reached stays granted. */
    PARTIAL_ACQUISITION_NOT_WITHDRAWN("left behind", Bug.NONE),
    /** A withdrawal is sent once, and its loss goes unnoticed. */
    WITHDRAWAL_NOT_REPEATED("left behind", Bug.WITHDRAWAL_NOT_REPEATED),
    /** A member votes again as soon as it has been restarted. */
    FORGETFUL_MEMBER_VOTES("two hold", Bug.NONE);

    private final String symptom;
    private final Bug ofAdapter;

    QuorumBug(String symptom, Bug ofAdapter) {
        this.symptom = symptom;
        this.ofAdapter = ofAdapter;
    }

    @Override
    public String symptom() {
        return symptom;
    }

    /** The mistake that the adapter of each member makes. */
    Bug ofAdapter() {
        return ofAdapter;
    }

    /** A member as the quorum sees it. */
    LockBackend plantInto(SimulatedBackend member) {
        return new Planted(member, this);
    }

    private static final class Planted extends ForwardingBackend implements TokenFloor {
        private final SimulatedBackend member;
        private final QuorumBug bug;
        /** As the member has told it last. */
        private long incarnation;

        Planted(SimulatedBackend member, QuorumBug bug) {
            super(member);
            this.member = member;
            this.bug = bug;
        }

        @Override
        public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
            return bug == PARTIAL_ACQUISITION_NOT_WITHDRAWN ? inspect(request.resource()) : super.withdraw(request);
        }

        @Override
        public CompletionStage<Raised> raiseToken(HoldRef hold, long token) {
            return bug == TOKEN_NOT_WRITTEN_BACK
                    ? CompletableFuture.completedFuture(new Raised(true, new Memory(incarnation, Memory.FOR_EVER)))
                    : member.raiseToken(hold, token)
                            .thenApply(raised -> new Raised(raised.found(), pretended(raised.memory())));
        }

        @Override
        public CompletionStage<Floor> raiseFloor(long token, long incarnation) {
            return member.raiseFloor(token, incarnation).thenApply(floor -> {
                this.incarnation = floor.memory().incarnation();
                return new Floor(floor.token(), floor.raised(), pretended(floor.memory()));
            });
        }

        private Memory pretended(Memory memory) {
            return switch (bug) {
                case FORGETFUL_MEMBER_VOTES, TOKEN_NOT_WRITTEN_BACK ->
                    new Memory(memory.incarnation(), Memory.FOR_EVER);
                default -> memory;
            };
        }
    }
}
