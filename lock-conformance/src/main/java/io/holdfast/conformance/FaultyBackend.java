package io.holdfast.conformance;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Stands between a lock manager and its backend, counts what passes, and makes it fail to order: refused, answered
 * late, or never.
 */
public final class FaultyBackend extends ForwardingBackend {
    /** What can be counted and made to fail. */
    public enum Command {
        /** The command of that name and its first answer. */
        ACQUIRE,
        /** The later answer to a request that was queued. */
        GRANT,
        /** The command of that name. */
        WITHDRAW,
        /** The command of that name. */
        RELEASE,
        /** The command of that name, for however many holds. */
        RENEW,
        /** The command of that name. */
        INSPECT
    }

    /** How a command fails. */
    public enum Fault {
        /** It doesn't reach the store, and the caller is told so. Not for {@link Command#GRANT}. */
        REFUSED,
        /** The store carries it out, but the caller is told only that the connection was lost. */
        REPLY_LOST,
        /** The store carries it out, and the caller is told nothing until {@link #letRepliesPass}. */
        REPLY_HELD
    }

    private final FaultPlan plan;
    private final LockBackend blocking;

    /**
     * Makes a backend that works until it is told to fail.
     *
     * @param target where the commands go
     */
    public FaultyBackend(LockBackend target) {
        this(target, new FaultPlan());
    }

    private FaultyBackend(LockBackend target, FaultPlan plan) {
        super(target);
        this.plan = plan;
        LockBackend waiting = target.blocking();
        this.blocking = waiting == target ? this : new FaultyBackend(waiting, plan);
    }

    /** Counts and fails the commands of both views as those of one backend. */
    @Override
    public LockBackend blocking() {
        return blocking;
    }

    /**
     * Makes the next command of a kind fail; repeated calls are for the commands after it.
     *
     * @param command which kind
     * @param fault how it fails
     */
    public void failNext(Command command, Fault fault) {
        plan.failNext(command, fault);
    }

    /**
     * Makes all commands of a kind fail, until {@link #heal}.
     *
     * @param command which kind
     * @param fault how they fail
     */
    public void failAll(Command command, Fault fault) {
        plan.failAll(command, fault);
    }

    /** Lets all commands succeed from now on. Replies that are held stay so. */
    public void heal() {
        plan.heal();
    }

    /** Hands out all replies that were held. */
    public void letRepliesPass() {
        plan.letRepliesPass();
    }

    /**
     * How many commands of a kind have been sent, failed ones included.
     *
     * @param command which kind
     * @return their number so far
     */
    public int calls(Command command) {
        return plan.calls(command);
    }

    /**
     * How many commands of all kinds have been sent.
     *
     * @return their number so far, without {@link Command#GRANT}, which nobody sends
     */
    public int calls() {
        return plan.calls();
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        return plan.pass(Command.ACQUIRE, () -> super.acquire(request)).thenApply(this::interceptGrant);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return plan.pass(Command.WITHDRAW, () -> super.withdraw(request));
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        return plan.pass(Command.RELEASE, () -> super.release(hold));
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        return plan.pass(Command.RENEW, () -> super.renew(holds));
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return plan.pass(Command.INSPECT, () -> super.inspect(resource));
    }

    private AcquireReply interceptGrant(AcquireReply reply) {
        if (reply instanceof AcquireReply.Queued queued) {
            return new AcquireReply.Queued(
                    queued.holder(), queued.grant().thenCompose(grant -> plan.answer(Command.GRANT, grant)));
        }
        return reply;
    }
}
