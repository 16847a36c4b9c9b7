package io.holdfast.inmemory;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.LockInfo;
import io.holdfast.core.internal.Alarm;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The concurrent core of the in-memory engine under a model checker, which tries the orders in which threads can meet,
 * and under stress. Every result must be one that the same calls can give one after the other. Time stands still.
 *
 * <p>Whether a waiting request has been told of its turn isn't asked: it is told a moment after it has the hold, which
 * the others may see meanwhile.
 */
@Tag("own-jvm")
@Param(name = "client", gen = IntGen.class, conf = "1:3")
@Param(name = "resource", gen = IntGen.class, conf = "1:2")
public class StripeLincheckTest {
    private static final long LONG_WAIT = 1_000_000_000L;

    private final Stripe stripe = new Stripe(
            () -> 0,
            new Alarm(() -> 0, (task, delay) -> () -> {}, () -> {}),
            new AtomicLong(),
            moment -> Instant.EPOCH);

    /** The token that was granted, or 0. */
    @Operation
    public long tryAcquire(@Param(name = "client") int client, @Param(name = "resource") int resource) {
        return granted(stripe.acquire(request(client, resource, 0), 0, this));
    }

    /** The token that was granted at once, or 0 if the client waits. */
    @Operation
    public long acquire(@Param(name = "client") int client, @Param(name = "resource") int resource) {
        return granted(stripe.acquire(request(client, resource, LONG_WAIT), 0, this));
    }

    /** The token of the hold that is there afterwards, or 0. */
    @Operation
    public long withdraw(@Param(name = "client") int client, @Param(name = "resource") int resource) {
        return token(stripe.withdraw(request(client, resource, LONG_WAIT)));
    }

    @Operation
    public boolean release(@Param(name = "client") int client, @Param(name = "resource") int resource) {
        return stripe.release(HoldRef.ofClient("resource" + resource, "client" + client));
    }

    @Operation
    public boolean renew(@Param(name = "client") int client, @Param(name = "resource") int resource) {
        return stripe.renew(HoldRef.ofClient("resource" + resource, "client" + client))
                .isPresent();
    }

    /** The token of the present hold, or 0. */
    @Operation
    public long inspect(@Param(name = "resource") int resource) {
        return token(stripe.inspect("resource" + resource));
    }

    private static AcquireRequest request(int client, int resource, long waitNanos) {
        return new AcquireRequest(client, "resource" + resource, "client" + client, 1_000, waitNanos, 0);
    }

    private static long granted(AcquireReply reply) {
        return reply instanceof Grant grant ? grant.token() : 0;
    }

    private static long token(Optional<LockInfo> holder) {
        return holder.map(LockInfo::fencingToken).orElse(0L);
    }

    @Test
    void noOrderOfThreadsShowsMoreThanOneCallAtATime() {
        modelChecking(5, 200).check(StripeLincheckTest.class);
    }

    @Test
    @Tag("long")
    void noneOfManyOrdersOfThreadsShowsMoreThanOneCallAtATime() {
        modelChecking(60, 2_000).check(StripeLincheckTest.class);
    }

    @Test
    void noStressShowsMoreThanOneCallAtATime() {
        new StressOptions()
                .iterations(10)
                .invocationsPerIteration(500)
                .threads(3)
                .actorsPerThread(3)
                .check(StripeLincheckTest.class);
    }

    @Test
    void aTableWithoutItsLockIsFound() {
        assertThatThrownBy(() -> modelChecking(20, 100).check(Unguarded.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("release(");
    }

    private static ModelCheckingOptions modelChecking(int iterations, int invocations) {
        return new ModelCheckingOptions()
                .iterations(iterations)
                .invocationsPerIteration(invocations)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(2)
                .actorsAfter(2);
    }

    /** What a stripe would be without its lock. */
    @Param(name = "client", gen = IntGen.class, conf = "1:2")
    public static class Unguarded {
        private final LockTable table = new LockTable(0, new Silence(), moment -> Instant.EPOCH);

        @Operation
        public long tryAcquire(@Param(name = "client") int client) {
            return table.acquire(0, request(client, 1, 0)) instanceof Grant grant ? grant.token() : 0;
        }

        @Operation
        public boolean release(@Param(name = "client") int client) {
            return table.release(0, HoldRef.ofClient("resource1", "client" + client));
        }
    }

    private static final class Silence implements LockTable.Effects {
        @Override
        public void granted(AcquireRequest request, Grant grant) {
            // Nobody waits here.
        }

        @Override
        public void dropped(AcquireRequest request) {
            // Nobody waits here.
        }
    }
}
