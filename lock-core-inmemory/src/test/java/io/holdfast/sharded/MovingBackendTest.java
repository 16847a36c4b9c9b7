package io.holdfast.sharded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.LockOptions;
import io.holdfast.core.ManualTime;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.quorum.QuorumBackend;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.TokenFloor;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MovingBackendTest {
    private static final ShardMap OLD = ShardMap.of("east", "west");
    private static final ShardMap NEW = ShardMap.of("east", "north", "west");
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final ManualTime time = new ManualTime();
    private final Map<String, InMemoryEngine> engines = Map.of(
            "east", InMemoryEngine.create(time, time),
            "west", InMemoryEngine.create(time, time),
            "north", InMemoryEngine.create(time, time));
    private final LockBackend old = new ShardedBackend(OLD, Map.of("east", connect("east"), "west", connect("west")));
    private final LockBackend moving = moving(connectAll());
    private final LockBackend next = new ShardedBackend(NEW, connectAll());
    private final String moves = resource("east", "north");
    private final String stays = resource("east", "east");
    private long requests;

    @Test
    void whatMovesIsLockedInBothShards() {
        acquire(moving, moves, "x");

        assertThat(holderIn("east", moves)).isEqualTo("x");
        assertThat(holderIn("north", moves)).isEqualTo("x");
    }

    @Test
    void whatStaysIsLockedInItsShardAlone() {
        acquire(moving, stays, "x");

        assertThat(holderIn("east", stays)).isEqualTo("x");
        assertThat(holderIn("north", stays)).isEmpty();
        assertThat(holderIn("west", stays)).isEmpty();
    }

    @Test
    void thoseOnTheWayAndThoseByTheOldMapExcludeEachOther() {
        acquire(old, moves, "x");
        assertThat(acquire(moving, moves, "y")).isInstanceOf(AcquireReply.Held.class);
        assertThat(holderIn("north", moves)).isEmpty();

        answer(old.release(HoldRef.ofClient(moves, "x")));
        acquire(moving, moves, "y");
        assertThat(acquire(old, moves, "x")).isInstanceOf(AcquireReply.Held.class);
    }

    @Test
    void thoseOnTheWayAndThoseByTheNewMapExcludeEachOther() {
        acquire(next, moves, "x");
        CompletionStage<AcquireReply> asked = moving.acquire(request(moves, "y"));
        // With the old shard won, the new one is waited for as long as one round of the quorum lasts.
        time.advance(Duration.ofMillis(250));
        assertThat(answer(asked)).isInstanceOf(AcquireReply.Held.class);
        assertThat(holderIn("east", moves)).isEmpty();

        answer(next.release(HoldRef.ofClient(moves, "x")));
        acquire(moving, moves, "y");
        assertThat(acquire(next, moves, "x")).isInstanceOf(AcquireReply.Held.class);
    }

    @Test
    void tokensGrowFromOneMapToTheOther() {
        acquireAndRelease(old, moves, 20);
        long before = acquireAndRelease(old, moves, 1);
        long onTheWay = acquireAndRelease(moving, moves, 1);
        long oldAgain = acquireAndRelease(old, moves, 1);
        long onTheWayAgain = acquireAndRelease(moving, moves, 1);
        long afterwards = acquireAndRelease(next, moves, 1);

        assertThat(List.of(before, onTheWay, oldAgain, onTheWayAgain, afterwards))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void tokensOfWhatNobodyLocksOnTheWayGrowToo() {
        long before = acquireAndRelease(old, moves, 20);
        time.advance(TokenLevel.EVERY);

        assertThat(acquireAndRelease(next, moves, 1)).isGreaterThan(before);
    }

    @Test
    void tokensAreLevelledAgainAndAgain() {
        time.advance(TokenLevel.EVERY);
        long before = acquireAndRelease(old, moves, 20);
        time.advance(TokenLevel.EVERY);

        assertThat(acquireAndRelease(next, moves, 1)).isGreaterThan(before);
    }

    @Test
    void nothingIsLevelledAfterTheEnd() {
        long before = acquireAndRelease(old, moves, 20);
        moving.close();
        time.advance(TokenLevel.EVERY.multipliedBy(3));

        assertThat(acquireAndRelease(next, moves, 1)).isLessThan(before);
    }

    @Test
    void aHoldOfTheOldMapIsSeenOnTheWay() {
        acquire(old, moves, "x");

        assertThat(answer(moving.inspect(moves))).map(LockInfo::client).hasValue("x");
    }

    @Test
    void aHoldOfTheNewMapIsSeenOnTheWay() {
        acquire(next, moves, "x");

        assertThat(answer(moving.inspect(moves))).map(LockInfo::client).hasValue("x");
    }

    @Test
    void renewalReachesHoldsThatMoveAndHoldsThatStay() {
        acquire(moving, moves, "x");
        acquire(moving, stays, "x");
        time.advance(Duration.ofSeconds(6));
        List<RenewOutcome> outcomes =
                answer(moving.renew(List.of(HoldRef.ofClient(moves, "x"), HoldRef.ofClient(stays, "x"))));
        time.advance(Duration.ofSeconds(6));

        assertThat(outcomes).hasOnlyElementsOfType(RenewOutcome.Renewed.class);
        assertThat(holderIn("east", moves)).isEqualTo("x");
        assertThat(holderIn("north", moves)).isEqualTo("x");
        assertThat(holderIn("east", stays)).isEqualTo("x");
    }

    @Test
    void aHoldOfOneMapIsReleasedOnTheWay() {
        acquire(old, moves, "x");
        assertThat(answer(moving.release(HoldRef.ofClient(moves, "x")))).isTrue();
        assertThat(answer(moving.release(HoldRef.ofClient(moves, "x")))).isFalse();
        assertThat(holderIn("east", moves)).isEmpty();

        acquire(next, moves, "y");
        assertThat(answer(moving.release(HoldRef.ofClient(moves, "y")))).isTrue();
        assertThat(holderIn("north", moves)).isEmpty();
    }

    @Test
    void aHoldOfOneMapIsNoneForAHeartbeatOnTheWayUntilItIsAcquiredAgain() {
        acquire(old, moves, "x");
        assertThat(answer(moving.renew(List.of(HoldRef.ofClient(moves, "x")))))
                .hasOnlyElementsOfType(RenewOutcome.Lost.class);

        acquire(moving, moves, "x");
        assertThat(holderIn("north", moves)).isEqualTo("x");
        assertThat(answer(moving.renew(List.of(HoldRef.ofClient(moves, "x")))))
                .hasOnlyElementsOfType(RenewOutcome.Renewed.class);
    }

    @Test
    void noLeaseIsShorterThanAQuorumKeeps() {
        assertThat(moving.capabilities().minLease()).isEqualTo(QuorumBackend.SHORTEST_LEASE);
        AcquireRequest shortest = new AcquireRequest(++requests, moves, "x", 1, 0, time.read());
        assertThat(((Grant) answer(moving.acquire(shortest))).leaseMillis())
                .isEqualTo(moving.capabilities().minLease().toMillis());
    }

    @Test
    void theViewForCallersWhoWaitSeesTheSameHolds() {
        LockBackend view = moving.blocking();
        acquire(view, moves, "x");
        acquire(view, stays, "x");

        assertThat(answer(moving.inspect(moves))).map(LockInfo::client).hasValue("x");
        assertThat(answer(view.renew(List.of(HoldRef.ofClient(moves, "x"), HoldRef.ofClient(stays, "x")))))
                .hasOnlyElementsOfType(RenewOutcome.Renewed.class);
        assertThat(answer(moving.release(HoldRef.ofClient(moves, "x")))).isTrue();
        assertThat(answer(moving.release(HoldRef.ofClient(stays, "x")))).isTrue();
    }

    @Test
    void whoWaitsIsToldOfTheEnd() {
        acquire(old, moves, "x");
        AcquireReply.Queued queued = (AcquireReply.Queued) answer(moving.acquire(new AcquireRequest(
                ++requests, moves, "y", 10_000, Duration.ofSeconds(5).toNanos(), time.read())));
        moving.close();

        assertThat(queued.grant().toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void nothingBeginsAfterTheEnd() {
        moving.blocking().close();

        CompletionStage<AcquireReply> late = moving.acquire(request(moves, "x"));
        assertThat(late.toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void allShardsAreClosedAlsoIfOneCannotBe() {
        List<String> closed = new ArrayList<>();
        Map<String, LockBackend> stores = new TreeMap<>();
        connectAll()
                .forEach((name, store) -> stores.put(name, failing(store, "close", () -> {
                    closed.add(name);
                    throw new IllegalStateException(name);
                })));

        LockBackend breaking = moving(stores);
        assertThatThrownBy(breaking::close).hasMessage("east");
        assertThat(closed).containsExactly("east", "north", "west");
        breaking.close();
        assertThat(closed).hasSize(3);
    }

    @Test
    void aShardOfTheTwoThatFailsStopsOnlyWhatMovesThere() {
        Map<String, LockBackend> stores = connectAll();
        LockBackend broken = moving(stores);
        stores.get("north").close();

        assertThat(acquire(broken, stays, "x")).isInstanceOf(Grant.class);
        assertThatThrownBy(() -> acquire(broken, moves, "x"))
                .cause()
                .isInstanceOf(LockBackendException.class)
                .hasMessageStartingWith("shard 'east, moving to north': ")
                .hasMessageContaining("member 'north'");
        assertThat(holderIn("east", moves)).isEmpty();
    }

    @Test
    void aLeaseThatIsTooLongForAMoveIsRefused() {
        AcquireRequest tooLong =
                new AcquireRequest(++requests, moves, "x", LONGEST.plusMillis(1).toMillis(), 0, time.read());

        assertThatThrownBy(() -> answer(moving.acquire(tooLong))).cause().hasMessageContaining("lease must be at most");
    }

    @Test
    void aLongestLeaseOutOfItsLimitsIsRefusedAtOnce() {
        for (Duration outside : new Duration[] {Duration.ZERO, LockOptions.MAX_LEASE.plusMillis(1)}) {
            assertThatThrownBy(() -> MovingBackend.builder(OLD, NEW, connectAll(), time, time)
                            .longestLease(outside))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("longestLease must be from");
        }
    }

    @Test
    void aStoreWhoseTokensCannotBeRaisedIsRefused() {
        LockBackend fixed = (LockBackend) Proxy.newProxyInstance(
                LockBackend.class.getClassLoader(),
                new Class<?>[] {LockBackend.class},
                (proxy, method, arguments) -> new Capabilities("fixed", Duration.ZERO, Duration.ZERO, true));

        assertThatThrownBy(() -> moving(Map.of("east", fixed, "west", connect("west"), "north", connect("north"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("resources can't move to or from shard 'east': fixed doesn't let its tokens be raised");
    }

    @Test
    void everyShardOfBothMapsNeedsAStore() {
        assertThatThrownBy(() -> moving(Map.of("east", connect("east"), "west", connect("west"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[east, north, west]");
    }

    /** A store of which one method does something else. */
    private static LockBackend failing(LockBackend store, String method, Supplier<Object> instead) {
        return (LockBackend) Proxy.newProxyInstance(
                LockBackend.class.getClassLoader(),
                new Class<?>[] {LockBackend.class, TokenFloor.class},
                (proxy, called, arguments) ->
                        called.getName().equals(method) ? instead.get() : called.invoke(store, arguments));
    }

    private LockBackend moving(Map<String, LockBackend> stores) {
        return MovingBackend.builder(OLD, NEW, stores, time, time)
                .longestLease(LONGEST)
                .build();
    }

    private long acquireAndRelease(LockBackend backend, String resource, int times) {
        long token = 0;
        for (int i = 0; i < times; i++) {
            Grant grant = (Grant) acquire(backend, resource, "x");
            token = grant.token();
            answer(backend.release(grant));
        }
        return token;
    }

    private AcquireReply acquire(LockBackend backend, String resource, String client) {
        return answer(backend.acquire(request(resource, client)));
    }

    private AcquireRequest request(String resource, String client) {
        return new AcquireRequest(++requests, resource, client, 10_000, 0, time.read());
    }

    private static <T> T answer(CompletionStage<T> stage) {
        assertThat(stage.toCompletableFuture()).as("answered at once").isDone();
        return stage.toCompletableFuture().join();
    }

    private String holderIn(String shard, String resource) {
        return answer(connect(shard).inspect(resource)).map(LockInfo::client).orElse("");
    }

    private LockBackend connect(String shard) {
        return engines.get(shard).connect();
    }

    private Map<String, LockBackend> connectAll() {
        return Map.of("east", connect("east"), "west", connect("west"), "north", connect("north"));
    }

    private static String resource(String before, String after) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "resource-" + i)
                .filter(name ->
                        OLD.shardOf(name).equals(before) && NEW.shardOf(name).equals(after))
                .findFirst()
                .orElseThrow();
    }
}
