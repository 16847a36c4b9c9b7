package io.holdfast.conformance.simulation;

import io.holdfast.conformance.ForwardingBackend;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.TokenFloor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Mistakes that people make when they move locks between stores. */
enum MovingBug implements PlantedBug {
    /** None: the move as it should be. */
    NONE(""),
    /** Processes go from the old map to the new one, without the configuration between. */
    STEP_LEFT_OUT("two hold"),
    /** The new map is used while a process with the old one is left. */
    OLD_PROCESS_LEFT("two hold"),
    /** On the way, what moves is locked in its new shard alone. */
    OLD_SHARD_NOT_LOCKED("two hold"),
    /** On the way, what moves is locked in its old shard alone. */
    NEW_SHARD_NOT_LOCKED("two hold"),
    /** The token that both shards agree on is written into neither. */
    TOKEN_NOT_WRITTEN_BACK("fencing"),
    /** Tokens of what nobody locks on the way aren't brought level. */
    TOKENS_NOT_LEVELLED("fencing"),
    /** The new map is used as soon as all processes are on the way. */
    NOT_WAITED("fencing");

    private final String symptom;

    MovingBug(String symptom) {
        this.symptom = symptom;
    }

    @Override
    public String symptom() {
        return symptom;
    }

    /** A shard as a process sees it that is on the way. */
    LockBackend plantInto(SimulatedBackend store, String shard, SimulatedProcess process) {
        boolean skipped =
                this == OLD_SHARD_NOT_LOCKED ? shard.equals("a") : this == NEW_SHARD_NOT_LOCKED && shard.equals("c");
        return skipped ? new NotAsked(store, process) : new Planted(store, this);
    }

    private static final class Planted extends ForwardingBackend implements TokenFloor {
        private final SimulatedBackend store;
        private final MovingBug bug;

        Planted(SimulatedBackend store, MovingBug bug) {
            super(store);
            this.store = store;
            this.bug = bug;
        }

        @Override
        public CompletionStage<Raised> raiseToken(HoldRef hold, long token) {
            return store.raiseToken(hold, bug == TOKEN_NOT_WRITTEN_BACK ? hold.token() : token);
        }

        @Override
        public CompletionStage<Floor> raiseFloor(long token, long incarnation) {
            return store.raiseFloor(bug == TOKENS_NOT_LEVELLED ? 0 : token, incarnation)
                    .thenApply(floor -> new Floor(Math.max(floor.token(), token), floor.raised(), floor.memory()));
        }
    }

    /** A shard that grants whatever it is asked for, without being asked. */
    private static final class NotAsked extends ForwardingBackend implements TokenFloor {
        private static final Memory MEMORY = new Memory(-1, Memory.FOR_EVER);
        private final SimulatedProcess process;

        NotAsked(LockBackend store, SimulatedProcess process) {
            super(store);
            this.process = process;
        }

        @Override
        public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
            long end = process.read() + Duration.ofMillis(request.leaseMillis()).toNanos();
            return done(new Pretended(request.resource(), request.client(), 1, request.leaseMillis(), end));
        }

        @Override
        public CompletionStage<Boolean> release(HoldRef hold) {
            return done(true);
        }

        @Override
        public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
            long end = process.read() + Duration.ofSeconds(1).toNanos();
            return done(holds.stream()
                    .map(hold -> (RenewOutcome) new RenewOutcome.Renewed(end))
                    .toList());
        }

        @Override
        public CompletionStage<Raised> raiseToken(HoldRef hold, long token) {
            return done(new Raised(true, MEMORY));
        }

        @Override
        public CompletionStage<Floor> raiseFloor(long token, long incarnation) {
            return done(new Floor(token, true, MEMORY));
        }

        private static <T> CompletionStage<T> done(T answer) {
            return CompletableFuture.completedFuture(answer);
        }
    }

    private record Pretended(String resource, String client, long token, long leaseMillis, long validUntil)
            implements Grant {}
}
