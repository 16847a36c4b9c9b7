package io.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Members that answer late: each test decides which command arrives when. */
class QuorumOfSlowMembersTest {
    private static final String RESOURCE = "orders/42";
    /** How long a member may take that is needed. */
    private static final Duration NEEDED = Duration.ofMillis(400);

    private static final Duration LONGEST = Duration.ofMinutes(1);
    /** How long a member may take that others can do without. */
    private static final Duration PATIENCE = NEEDED.dividedBy(4);

    private final ManualTime time = new ManualTime();
    private final Switched a = member();
    private final Switched b = member();
    private final Switched c = member();
    private final QuorumBackend quorum = open();
    private long requests;

    private QuorumBackend open() {
        Map<String, LockBackend> named = new TreeMap<>(Map.of("a", a, "b", b, "c", c));
        return QuorumBackend.builder(named, time, time)
                .memberTimeout(NEEDED)
                .longestLease(LONGEST)
                .firstStart(true)
                .build();
    }

    @Test
    void aLateMemberWithAGreaterTokenIsGivenBack() {
        takeAndRelease("warm-up");
        runAhead(c);
        c.slowDown();
        CompletionStage<AcquireReply> asked = acquire("alice", 0);
        a.slowDown();
        b.slowDown();
        time.advance(PATIENCE);
        // The token is decided without c, and on its way to a and b.
        c.deliver();
        a.deliver();
        b.deliver();

        Grant grant = (Grant) answer(asked);
        assertThat(grant.token()).isLessThan(100);
        assertThat(holderAt(c)).as("who holds it at c").isEmpty();
        assertThat(quorum.unfinished()).isZero();
        answer(quorum.release(grant));
        assertThat(answer(acquire("bob", 0))).isInstanceOf(Grant.class);
    }

    @Test
    void aMemberThatNobodyNeedsCostsOnlyPatience() {
        takeAndRelease("warm-up");
        c.slowDown();
        runAhead(b);
        CompletionStage<AcquireReply> asked = acquire("alice", 0);
        assertThat(asked.toCompletableFuture()).isNotDone();

        time.advance(PATIENCE);
        assertThat(answer(asked)).isInstanceOf(Grant.class);
        assertThat(answer(quorum.release(HoldRef.ofClient(RESOURCE, "alice")))).isTrue();
        assertThat(answer(acquire("bob", 0))).as("while it is suspected").isInstanceOf(Grant.class);
    }

    @Test
    void aMemberThatWasLeftOutDoesNotRenewTheHold() {
        takeAndRelease("warm-up");
        c.slowDown();
        CompletionStage<AcquireReply> asked = acquire("alice", 0);
        time.advance(PATIENCE);
        Grant grant = (Grant) answer(asked);
        a.turnOff();
        time.advance(NEEDED.minus(PATIENCE).minusMillis(10));
        CompletionStage<List<RenewOutcome>> renewed = quorum.renew(List.of(grant));
        // What c was asked for is withdrawn now, behind the renewal.
        time.advance(Duration.ofMillis(20));
        c.deliver();

        assertThat(answer(renewed)).singleElement().isNotInstanceOf(RenewOutcome.Renewed.class);
        assertThat(holderAt(c)).as("who holds it at c").isEmpty();
    }

    @Test
    void aMemberThatJoinedLateRenewsTheHold() {
        takeAndRelease("warm-up");
        c.slowDown();
        CompletionStage<AcquireReply> asked = acquire("alice", 0);
        time.advance(PATIENCE);
        Grant grant = (Grant) answer(asked);
        c.deliver();
        a.turnOff();

        assertThat(answer(quorum.renew(List.of(grant)))).singleElement().isInstanceOf(RenewOutcome.Renewed.class);
    }

    @Test
    void aMemberThatIsNeededIsWaitedForLonger() {
        takeAndRelease("warm-up");
        a.turnOff();
        c.slowDown();
        CompletionStage<AcquireReply> asked = acquire("alice", 0);
        time.advance(NEEDED.minusMillis(1));
        assertThat(asked.toCompletableFuture()).isNotDone();
        c.deliver();

        assertThat(answer(asked)).isInstanceOf(Grant.class);
    }

    @Test
    void aMemberThatIsNeededAndSilentFailsTheRequest() {
        takeAndRelease("warm-up");
        a.turnOff();
        c.slowDown();
        CompletionStage<AcquireReply> asked = acquire("alice", 0);
        time.advance(NEEDED.plus(PATIENCE));

        assertThat(asked.toCompletableFuture()).isCompletedExceptionally();
        assertThat(failure(asked)).contains("member 'a': it is off", "member 'c' did not answer in time");
    }

    @Test
    void aPauseOfAllMembersFailsNothing() {
        takeAndRelease("warm-up");
        List<Switched> all = List.of(a, b, c);
        all.forEach(Switched::slowDown);
        CompletionStage<AcquireReply> asked = acquire("alice", 0);
        time.advance(NEEDED.minusMillis(1));
        all.forEach(Switched::deliver);

        Grant grant = (Grant) answer(asked);
        all.forEach(Switched::slowDown);
        CompletionStage<Boolean> released = quorum.release(grant);
        time.advance(NEEDED.minusMillis(1));
        all.forEach(Switched::deliver);
        assertThat(answer(released)).isTrue();
        assertThat(holders()).isEmpty();
    }

    @Test
    void aSilentGateIsPassedOnAndLeavesNothing() {
        takeAndRelease("warm-up");
        a.slowDown();
        CompletionStage<AcquireReply> asked = acquire("alice", 5_000);
        time.advance(PATIENCE);

        assertThat(answer(asked)).isInstanceOf(Grant.class);
        answer(quorum.release(HoldRef.ofClient(RESOURCE, "alice")));
        a.deliver();
        assertThat(holders()).isEmpty();
    }

    @Test
    void theQueueOfAGateThatWasSilentIsLeftAgain() {
        takeAndRelease("warm-up");
        occupyAll("stranger");
        a.slowDown();
        CompletionStage<AcquireReply> asked = acquire("alice", 5_000);
        time.advance(PATIENCE);
        AcquireReply.Queued queued = (AcquireReply.Queued) answer(asked);
        a.deliver();
        assertThat(answer(a.inspect(RESOURCE)).map(LockInfo::waiters)).hasValue(0);

        List.of(c, b, a).forEach(member -> answer(member.release(HoldRef.ofClient(RESOURCE, "stranger"))));
        assertThat(answer(queued.grant())).isPresent();
    }

    @Test
    void aWithdrawalOfAHoldReachesItsLateMembers() {
        AcquireRequest request = heldWithoutC();
        CompletionStage<?> withdrawn = quorum.withdraw(request);
        time.advance(PATIENCE);
        answer(withdrawn);
        c.deliver();

        assertNothingIsLeft();
    }

    @Test
    void aReleaseByAnyNameReachesItsLateMembers() {
        heldWithoutC();
        CompletionStage<Boolean> released = quorum.release(HoldRef.ofClient(RESOURCE, "alice"));
        time.advance(PATIENCE);
        assertThat(answer(released)).isTrue();
        c.deliver();

        assertNothingIsLeft();
    }

    @Test
    void aLateMemberThatNeverAnswersIsForgotten() {
        heldWithoutC();
        assertThat(quorum.unfinished()).isEqualTo(1);
        time.advance(NEEDED);

        assertThat(quorum.unfinished()).isZero();
        c.deliver();
        assertThat(holderAt(c)).isEmpty();
    }

    @Test
    void aWithdrawalThatReachesNobodyIsRepeatedUnderTheIdsThatWereSent() {
        takeAndRelease("warm-up");
        occupyAll("stranger");
        AcquireRequest request = request("alice", 5_000);
        AcquireReply.Queued queued = (AcquireReply.Queued) answer(quorum.acquire(request));
        // The round is in vain, so that it is begun again under other ids.
        answer(a.release(HoldRef.ofClient(RESOURCE, "stranger")));
        time.advance(Duration.ofMillis(400));
        List.of(a, b, c).forEach(Switched::turnOff);
        CompletionStage<Optional<LockInfo>> withdrawn = quorum.withdraw(request);
        assertThat(withdrawn.toCompletableFuture()).isCompletedExceptionally();
        List.of(a, b, c).forEach(Switched::turnOn);
        time.advance(Duration.ofSeconds(2));

        assertThat(queued.grant().toCompletableFuture()).isNotNull();
        List.of(b, c).forEach(member -> answer(member.release(HoldRef.ofClient(RESOURCE, "stranger"))));
        assertThat(holders()).isEmpty();
    }

    /** It forgot alice's token, and gave a smaller one before it was told: being level when that is written back is too late. */
    @Test
    void aVoteThatWasGivenBeforeItsMemberWasBroughtLevelDoesNotCount() {
        takeAndRelease("warm-up");
        runAhead(c);
        a.turnOff();
        long token = ((Grant) answer(acquire("alice", 0))).token();
        answer(quorum.release(HoldRef.ofClient(RESOURCE, "alice")));
        a.turnOn();
        b.restart(InMemoryEngine.create(time, time).connect());
        time.advance(LONGEST.plusSeconds(1));
        answer(c.acquire(request("stranger", 0)));

        b.slowDown();
        CompletionStage<AcquireReply> asked = acquire("bob", 0);
        b.deliverOne();
        b.speedUp();
        // Another request finds out that b was restarted, and has it brought level.
        answer(quorum.acquire(new AcquireRequest(++requests, "another", "dave", 30_000, 0, time.read())));
        b.deliver();

        assertThat(((Grant) answer(asked)).token()).isGreaterThan(token);
    }

    /** One misses the first question of the first levelling, another one the last: only a majority that answered all makes a beginning. */
    @Test
    void membersThatStumbleAtTheFirstStartAreTrustedAllTheSame() {
        b.slowDown();
        CompletionStage<AcquireReply> asked = acquire("alice", 0);
        c.slowDown();
        time.advance(PATIENCE);
        b.speedUp();
        c.turnOff();
        c.deliver();
        assertThat(asked.toCompletableFuture()).isCompletedExceptionally();
        c.turnOn();
        b.deliver();

        assertThat(answer(acquire("bob", 0))).isInstanceOf(Grant.class);
    }

    @Test
    void ofTwoReleasesAtOnceOneHasEndedTheHold() {
        Grant grant = (Grant) answer(acquire("alice", 0));
        List.of(a, b, c).forEach(Switched::slowDown);
        CompletionStage<Boolean> one = quorum.release(grant);
        a.deliver();
        CompletionStage<Boolean> other = quorum.release(grant);
        List.of(b, c).forEach(Switched::deliver);

        assertThat(List.of(answer(one), answer(other))).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void aLookTellsTheTokenOfTheMajority() {
        Grant grant = (Grant) answer(acquire("alice", 0));
        answer(c.release(HoldRef.ofClient(RESOURCE, "alice")));
        runAhead(c);
        answer(c.acquire(request("alice", 0)));

        assertThat(answer(quorum.inspect(RESOURCE)).map(LockInfo::fencingToken)).hasValue(grant.token());
    }

    /** Lets alice have a hold that c may still join. */
    private AcquireRequest heldWithoutC() {
        takeAndRelease("warm-up");
        c.slowDown();
        AcquireRequest request = request("alice", 0);
        CompletionStage<AcquireReply> asked = quorum.acquire(request);
        time.advance(PATIENCE);
        assertThat(answer(asked)).isInstanceOf(Grant.class);
        return request;
    }

    private void assertNothingIsLeft() {
        time.advance(Duration.ofSeconds(2));
        assertThat(holders()).isEmpty();
        assertThat(quorum.unfinished()).isZero();
    }

    private Switched member() {
        return new Switched(InMemoryEngine.create(time, time).connect());
    }

    private void takeAndRelease(String client) {
        answer(quorum.release((Grant) answer(acquire(client, 0))));
    }

    private void occupyAll(String client) {
        List.of(a, b, c).forEach(member -> answer(member.acquire(request(client, 0))));
    }

    private void runAhead(Switched member) {
        for (int i = 0; i < 100; i++) {
            answer(((LockBackend) member).acquire(request("stranger", 0)));
            answer(member.release(HoldRef.ofClient(RESOURCE, "stranger")));
        }
    }

    private List<String> holders() {
        List<String> holders = new ArrayList<>();
        List.of(a, b, c).forEach(member -> holderAt(member).ifPresent(holders::add));
        return holders;
    }

    private static Optional<String> holderAt(Switched member) {
        return answer(member.inspect(RESOURCE)).map(LockInfo::client);
    }

    private CompletionStage<AcquireReply> acquire(String client, long waitMillis) {
        return quorum.acquire(request(client, waitMillis));
    }

    private AcquireRequest request(String client, long waitMillis) {
        return new AcquireRequest(++requests, RESOURCE, client, 30_000, waitMillis * 1_000_000, time.read());
    }

    private static String failure(CompletionStage<?> stage) {
        CompletableFuture<String> message = new CompletableFuture<>();
        CompletableFuture<?> unused =
                stage.toCompletableFuture().whenComplete((value, thrown) -> message.complete(String.valueOf(thrown)));
        return message.join();
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .copy()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }
}
