package io.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.LockInfo;
import io.holdfast.core.ManualTime;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QuorumBackendTest {
    private static final String RESOURCE = "orders/42";
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final ManualTime time = new ManualTime();
    private final List<Switched> members = new ArrayList<>();
    private final LockBackend quorum;
    private long requests;

    QuorumBackendTest() {
        for (int i = 0; i < 3; i++) {
            members.add(new Switched(InMemoryEngine.create(time, time).connect()));
        }
        quorum = open(true);
    }

    private LockBackend open(boolean firstStart) {
        Map<String, LockBackend> named = new TreeMap<>();
        members.forEach(member -> named.put("m" + named.size(), member));
        return QuorumBackend.builder(named, time, time)
                .longestLease(LONGEST)
                .firstStart(firstStart)
                .build();
    }

    @Test
    void aHoldIsWithAllMembersThatAreThere() {
        Grant grant = take("alice");

        assertThat(members).allSatisfy(member -> assertThat(holderAt(member)).isEqualTo("alice " + grant.token()));
    }

    @Test
    void aMinorityMayFail() {
        take("warm-up", "others");
        members.get(0).turnOff();

        Grant grant = take("alice");
        assertThat(answer(quorum.renew(List.of(grant)))).allMatch(RenewOutcome.Renewed.class::isInstance);
        assertThat(answer(quorum.inspect(RESOURCE)).map(LockInfo::client)).contains("alice");
        assertThat(acquire(RESOURCE, "bob", 0)).isInstanceOf(AcquireReply.Held.class);
        assertThat(answer(quorum.release(grant))).isTrue();
        assertThat(acquire(RESOURCE, "bob", 0)).isInstanceOf(Grant.class);
    }

    @Test
    void aMajorityMayNotFail() {
        Grant grant = take("alice");
        members.get(0).turnOff();
        members.get(2).turnOff();

        assertThatThrownBy(() -> acquire("another", "bob", 0))
                .hasMessageContaining("no majority")
                .hasMessageContaining("'m0'")
                .hasMessageContaining("'m2'");
        assertThat(answer(quorum.renew(List.of(grant)))).allMatch(RenewOutcome.Unknown.class::isInstance);
        assertThatThrownBy(() -> answer(quorum.release(grant))).hasMessageContaining("can't be confirmed");
        assertThatThrownBy(() -> answer(quorum.inspect(RESOURCE))).hasMessageContaining("no majority");
    }

    @Test
    void theTokenIsTheGreatestOfAMajorityAndWrittenBack() {
        take("warm-up", "others");
        runAhead(members.get(2));
        members.get(0).turnOff();
        long token = take("alice").token();
        assertThat(token).isGreaterThan(100);
        answer(quorum.release(HoldRef.ofClient(RESOURCE, "alice")));

        members.get(0).turnOn();
        members.get(2).turnOff();
        assertThat(take("bob").token()).isGreaterThan(token);
    }

    @Test
    void aMemberThatForgotDoesNotVoteWhileALeaseMayLast() {
        // All have been up for the longest lease but the one that forgets.
        time.advance(LONGEST.plusSeconds(1));
        take("warm-up", "others");
        members.get(2).turnOff();
        take("alice");
        members.get(2).turnOn();
        members.get(0).restart(engine());

        assertThatThrownBy(() -> acquire(RESOURCE, "bob", 0))
                .hasMessageContaining("member 'm0'")
                .hasMessageNotContaining("firstStart");
        CompletionStage<AcquireReply> carol = open(false).acquire(request(RESOURCE, "carol", 0));
        // Two members are free, but one of them is young: the one that has alice's hold decides.
        time.advance(Duration.ofMillis(250));
        assertThat(answer(carol)).isInstanceOf(AcquireReply.Held.class);
        // When it has been up for the longest lease, so that alice's is over, it votes.
        time.advance(LONGEST.plusSeconds(1));
        assertThat(answer(open(false).acquire(request(RESOURCE, "carol", 0)))).isInstanceOf(Grant.class);
    }

    @Test
    void aMemberThatForgotIsBroughtLevelAndVotesAgain() {
        take("warm-up", "others");
        runAhead(members.get(1));
        members.get(2).turnOff();
        long token = take("alice").token();
        answer(quorum.release(HoldRef.ofClient(RESOURCE, "alice")));
        members.get(2).turnOn();
        members.get(1).restart(engine());
        take("a contact", "others");
        time.advance(LONGEST.plusSeconds(1));

        // Of the two that know the token, one is gone: the other's vote is the one of who forgot it.
        members.get(0).turnOff();
        assertThat(take("bob").token()).isGreaterThan(token);
    }

    @Test
    void aMemberThatForgotDoesNotKeepTheOthersFromBeingWaitedFor() {
        take("warm-up", "others");
        members.get(0).restart(engine());
        take("a contact", "others");
        occupy(members.get(2), RESOURCE);

        AcquireReply.Queued queued = (AcquireReply.Queued) acquire(RESOURCE, "alice", 10_000_000_000L);
        answer(members.get(2).release(HoldRef.ofClient(RESOURCE, "stranger")));

        assertThat(queued.grant().toCompletableFuture()).as("granted at once").isDone();
        assertThat(answer(queued.grant())).isPresent();
    }

    @Test
    void aLeaseLastsAtLeastAsLongAsItsCapabilitiesSay() {
        AcquireRequest shortest = new AcquireRequest(++requests, RESOURCE, "alice", 1, 0, time.read());

        assertThat(((Grant) answer(quorum.acquire(shortest))).leaseMillis())
                .isEqualTo(quorum.capabilities().minLease().toMillis())
                .isEqualTo(50);
    }

    @Test
    void anUnevenHoldIsLostWhenItsMajorityIs() {
        Grant grant = take("alice");
        members.get(1).restart(engine());
        members.get(2).restart(engine());

        assertThat(answer(quorum.renew(List.of(grant)))).allMatch(RenewOutcome.Lost.class::isInstance);
    }

    @Test
    void whatAMinorityHoldsIsHeldByNobody() {
        occupy(members.get(2), RESOURCE);

        assertThat(answer(quorum.inspect(RESOURCE))).isEmpty();
        assertThat(acquire(RESOURCE, "alice", 0)).isInstanceOf(Grant.class);
    }

    /** Servers whose tokens go by the time give equal ones in the same moment. */
    @Test
    void membersWithTheSameTokenDoNotShutOutAnotherWithAGreaterOne() {
        take("warm-up", "others");
        runAhead(members.get(0));
        Grant grant = take("alice");

        assertThat(grant.token()).isGreaterThan(100);
        assertThat(members).allSatisfy(member -> assertThat(holderAt(member)).isEqualTo("alice " + grant.token()));
    }

    @Test
    void aHoldThatAMajorityHasKeepsItsTokenWhenAnotherMemberGrantsIt() {
        Grant grant = take("alice");
        answer(members.get(0).release(grant));
        runAhead(members.get(0));
        time.advance(Duration.ofSeconds(1));

        assertThat(take("alice").token()).isEqualTo(grant.token());
    }

    @Test
    void aHoldThatTheGateLacksIsSeenAtOnce() {
        Grant grant = take("alice");
        answer(members.get(0).release(grant));

        assertThat(acquire(RESOURCE, "bob", 0))
                .isInstanceOfSatisfying(
                        AcquireReply.Held.class,
                        held -> assertThat(held.holder().fencingToken()).isEqualTo(grant.token()));
        assertThat(answer(members.get(0).inspect(RESOURCE)))
                .as("what bob leaves")
                .isEmpty();
    }

    @Test
    void membersMustBeAbleToRaiseTokens() {
        Map<String, LockBackend> named = Map.of("a", quorum, "b", members.get(0));
        assertThatThrownBy(() -> QuorumBackend.builder(named, time, time).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("member 'a' can't be part of a quorum");
    }

    private LockBackend engine() {
        return InMemoryEngine.create(time, time).connect();
    }

    private void occupy(Switched member, String resource) {
        answer(member.acquire(new AcquireRequest(++requests, resource, "stranger", 60_000, 0, time.read())));
    }

    /** Lets a member's tokens get ahead of the others'. */
    private void runAhead(Switched member) {
        for (int i = 0; i < 100; i++) {
            occupy(member, RESOURCE);
            answer(member.release(HoldRef.ofClient(RESOURCE, "stranger")));
        }
    }

    private static String holderAt(Switched member) {
        LockInfo hold = answer(member.inspect(RESOURCE)).orElseThrow();
        return hold.client() + " " + hold.fencingToken();
    }

    private Grant take(String client) {
        return take(RESOURCE, client);
    }

    private Grant take(String resource, String client) {
        AcquireReply reply = acquire(resource, client, 0);
        assertThat(reply).isInstanceOf(Grant.class);
        return (Grant) reply;
    }

    private AcquireReply acquire(String resource, String client, long waitNanos) {
        return answer(quorum.acquire(request(resource, client, waitNanos)));
    }

    private AcquireRequest request(String resource, String client, long waitNanos) {
        return new AcquireRequest(++requests, resource, client, 30_000, waitNanos, time.read());
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .copy()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }
}
