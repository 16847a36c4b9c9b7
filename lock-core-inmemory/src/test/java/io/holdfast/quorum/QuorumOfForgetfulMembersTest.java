package io.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.ManualTime;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A member that loses its memory in the worst of moments. */
class QuorumOfForgetfulMembersTest {
    private static final String RESOURCE = "orders/42";
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final ManualTime time = new ManualTime();
    private final List<LockBackend> stores = List.of(engine(), engine(), engine());
    private final List<Switched> alices = stores.stream().map(Switched::new).toList();
    private final List<Switched> bobs = stores.stream().map(Switched::new).toList();
    private long requests;

    /**
     * Alice's token is in one member, which then forgets it, and on its way to another, when bob's process meets the one that forgot: what the
     * other tells by then isn't all that it must exceed.
     */
    @Test
    void aTokenThatIsOnItsWayWhenAMemberForgetsItIsNotGivenAgain() {
        time.advance(LONGEST.plusSeconds(1));
        LockBackend ofAlice = open(alices);
        LockBackend ofBob = open(bobs);
        grant(ofAlice.acquire(request("others", "alice")));
        runAhead(stores.get(2));
        alices.get(0).turnOff();
        grant(ofAlice.acquire(request("others", "alice")));
        Switched late = alices.get(1);
        Switched forgets = alices.get(2);
        late.slowDown();
        forgets.slowDown();
        CompletionStage<AcquireReply> asked = ofAlice.acquire(request(RESOURCE, "alice"));
        late.deliverOne();
        forgets.deliverOne();
        // Both have granted; the token that is written back is that of the one which forgets it.
        forgets.deliverOne();
        forgetAll(2);
        grant(ofBob.acquire(request("yet another", "bob")));
        late.deliverOne();
        long token = grant(asked).token();
        assertThat(token).isGreaterThan(100);

        time.advance(LONGEST.plusSeconds(1));
        // One that has never heard of alice's token decides with the one that forgot it.
        bobs.get(1).turnOff();
        assertThat(grant(ofBob.acquire(request(RESOURCE, "bob"))).token()).isGreaterThan(token);
    }

    /** Nobody asks for anything in the moment in which it could be. */
    @Test
    void aMemberThatForgotIsLevelAsSoonAsItRemembersForLongEnough() {
        time.advance(LONGEST.plusSeconds(1));
        LockBackend ofBob = open(bobs);
        runAhead(stores.get(1));
        grant(ofBob.acquire(request("others", "bob")));
        forgetAll(2);
        grant(ofBob.acquire(request("yet another", "bob")));

        time.advance(LONGEST.plusSeconds(1));
        bobs.get(0).turnOff();
        assertThat(grant(ofBob.acquire(request(RESOURCE, "bob"))).token()).isGreaterThan(100);
    }

    private void forgetAll(int member) {
        LockBackend empty = engine();
        alices.get(member).restart(empty);
        bobs.get(member).restart(empty);
    }

    private LockBackend open(List<Switched> members) {
        Map<String, LockBackend> named = new TreeMap<>();
        members.forEach(member -> named.put("m" + named.size(), member));
        return QuorumBackend.builder(named, time, time).longestLease(LONGEST).build();
    }

    private LockBackend engine() {
        return InMemoryEngine.create(time, time).connect();
    }

    /** Lets a member's tokens get ahead of the others'. */
    private void runAhead(LockBackend store) {
        for (int i = 0; i < 100; i++) {
            assertThat(grant(store.acquire(request(RESOURCE, "ahead"))).token()).isPositive();
            assertThat(store.release(HoldRef.ofClient(RESOURCE, "ahead")).toCompletableFuture())
                    .isCompleted();
        }
    }

    private AcquireRequest request(String resource, String client) {
        return new AcquireRequest(++requests, resource, client, 30_000, 0, time.read());
    }

    private static Grant grant(CompletionStage<AcquireReply> asked) {
        return (Grant) asked.toCompletableFuture().join();
    }
}
