package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.TokenFloor;
import io.holdfast.testservers.RedisBinary;
import io.holdfast.testservers.RedisCluster;
import io.holdfast.testservers.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** How a server's tokens are raised, and what it tells of its memory. */
@ParameterizedClass
@MethodSource("binaries")
@Execution(ExecutionMode.SAME_THREAD) // Each starts a server: few at a time.
class TokenFloorTest {
    /** Further ahead of the clock that tokens are made from than a test takes. */
    private static final long AHEAD = Duration.ofHours(1).toMillis();

    private static final long LEASE = 30_000;

    @Parameter
    RedisBinary binary;

    private RedisServer server;
    private LockBackend backend;
    private TokenFloor floor;
    private long requests;

    static List<RedisBinary> binaries() {
        return List.of(RedisBinary.standard(), RedisBinary.oldest().orElseGet(RedisBinary::standard));
    }

    @BeforeEach
    void start() {
        server = RedisServer.builder().binary(binary).start();
        backend = TestBackends.connect(server.uri());
        floor = (TokenFloor) backend;
    }

    @AfterEach
    void close() {
        backend.close();
        server.close();
    }

    @Test
    void aRaisedTokenIsTheHoldsOwn() {
        Grant grant = take("r", "alice");
        long wanted = ahead(grant);

        assertThat(await(floor.raiseToken(grant, wanted)).found()).isTrue();

        HoldRef raised = ref("r", "alice", wanted);
        assertThat(await(backend.inspect("r")).map(LockInfo::fencingToken)).contains(wanted);
        assertThat(take("r", "alice").token()).isEqualTo(wanted);
        assertThat(await(backend.renew(List.of(raised))).get(0)).isInstanceOf(RenewOutcome.Renewed.class);
        assertThat(await(backend.renew(List.of(grant))).get(0)).isInstanceOf(RenewOutcome.Lost.class);
        assertThat(await(backend.release(grant))).isFalse();
        assertThat(await(backend.release(raised))).isTrue();
    }

    @Test
    void holdsThatBeginLaterHaveGreaterTokensThanARaisedOne() {
        Grant grant = take("r", "alice");
        long wanted = ahead(grant);
        await(floor.raiseToken(grant, wanted));
        await(backend.release(ref("r", "alice", wanted)));

        assertThat(take("r", "bob").token()).isGreaterThan(wanted);
        assertThat(take("other", "bob").token()).isGreaterThan(wanted);
    }

    @Test
    void aWaiterHasAGreaterTokenThanTheRaisedOne() {
        Grant grant = take("r", "alice");
        AcquireReply.Queued queued = (AcquireReply.Queued) await(backend.acquire(request("r", "bob", 10)));
        long wanted = ahead(grant);
        await(floor.raiseToken(grant, wanted));
        await(backend.release(ref("r", "alice", wanted)));

        Optional<Grant> granted = await(queued.grant());
        assertThat(granted).isPresent();
        assertThat(granted.orElseThrow().token()).isGreaterThan(wanted);
    }

    @Test
    void raisingTwiceIsRaisingOnce() {
        Grant grant = take("r", "alice");
        long wanted = ahead(grant);

        assertThat(await(floor.raiseToken(grant, wanted)).found()).isTrue();
        assertThat(await(floor.raiseToken(grant, wanted)).found()).isTrue();
        assertThat(token("r")).isEqualTo(wanted);
    }

    @Test
    void aTokenIsNeverLowered() {
        Grant grant = take("r", "alice");

        assertThat(await(floor.raiseToken(grant, 7)).found()).isTrue();
        assertThat(token("r")).isEqualTo(grant.token());
        assertThat(floor(7).token()).isEqualTo(grant.token());
        assertThat(take("other", "alice").token()).isGreaterThan(grant.token());
    }

    /** The server's own last token may be greater than the wanted one, which is still greater than the hold's. */
    @Test
    void aTokenIsRaisedThoughTheServerHasGivenGreaterOnes() {
        Grant early = take("r", "alice");
        Grant late = take("other", "alice");
        while (late.token() - early.token() < 2) {
            late = take("other-" + requests, "alice");
        }
        long between = early.token() + 1;

        assertThat(await(floor.raiseToken(early, between)).found()).isTrue();
        assertThat(token("r")).isEqualTo(between);
        assertThat(floor(0).token()).isEqualTo(late.token());
    }

    @Test
    void aHoldThatHasEndedIsNotRaised() {
        Grant old = take("r", "alice");
        await(backend.release(old));
        Grant newer = take("r", "alice");
        long wanted = ahead(newer);

        assertThat(await(floor.raiseToken(old, wanted)).found()).isFalse();
        assertThat(await(floor.raiseToken(ref("r", "bob", newer.token()), wanted))
                        .found())
                .isFalse();
        assertThat(await(floor.raiseToken(ref("nothing", "bob", newer.token()), wanted))
                        .found())
                .isFalse();
        assertThat(token("r")).isEqualTo(newer.token());
        assertThat(floor(0).token()).isEqualTo(newer.token());
    }

    @Test
    void raisingLeavesTheLeaseAndTheClaimsAlone() {
        AcquireRequest request = request("r", "alice", 0);
        Grant grant = (Grant) await(backend.acquire(request));
        server.command("PEXPIRE", "holdfast:{r}", "20000");
        await(floor.raiseToken(grant, ahead(grant)));

        assertThat(await(backend.inspect("r")).orElseThrow().remaining())
                .isBetween(Duration.ofMillis(1), Duration.ofSeconds(20));
        await(backend.withdraw(request));
        assertThat(await(backend.inspect("r"))).isEmpty();
    }

    @Test
    void theFloorIsBelowAllTokensToComeAndAboveNone() {
        Grant before = take("r", "alice");
        long wanted = ahead(before);

        assertThat(floor(wanted))
                .extracting(TokenFloor.Floor::token, TokenFloor.Floor::raised)
                .containsExactly(wanted, true);
        assertThat(token("r")).isEqualTo(before.token());
        assertThat(take("other", "bob").token()).isGreaterThan(wanted);
    }

    @Test
    void anEmptyServersTokensAreRaised() {
        assertThat(floor(0))
                .extracting(TokenFloor.Floor::token, TokenFloor.Floor::raised)
                .containsExactly(0L, false);
        assertThat(floor(1).token()).isEqualTo(1);
        long future = FencingTokens.parse("8000000000000-1048575");
        assertThat(floor(future).token()).isEqualTo(future);
        assertThat(take("r", "alice").token()).isGreaterThan(future);
    }

    @Test
    void anotherLifesFloorIsNotRaised() {
        TokenFloor.Floor before = floor(0);
        Grant grant = take("r", "alice");
        TokenFloor.Floor other =
                await(floor.raiseFloor(ahead(grant), before.memory().incarnation() + 1));

        assertThat(other.raised()).isFalse();
        assertThat(other.token()).isEqualTo(grant.token());
    }

    @Test
    void aMemoryGrowsOldAndIsTheSameForEveryConnection() throws InterruptedException {
        TokenFloor.Memory first = floor(0).memory();
        // The server's clock is not the test's to set.
        TimeUnit.MILLISECONDS.sleep(20);
        try (LockBackend other = TestBackends.connect(server.uri())) {
            TokenFloor.Memory later =
                    await(((TokenFloor) other).raiseFloor(0, 0)).memory();
            assertThat(later.incarnation()).isEqualTo(first.incarnation());
            assertThat(later.age()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
            Grant grant = take("r", "alice");
            assertThat(await(floor.raiseToken(grant, grant.token())).memory().incarnation())
                    .isEqualTo(first.incarnation());
        }
    }

    @Test
    void aServerThatWasEmptiedIsAnotherLife() {
        long before = floorIn(5).memory().incarnation();
        server.command("FLUSHALL");

        assertAnotherLife(before);
    }

    @Test
    void aServerThatWasRestartedIsAnotherLife() {
        long before = floorIn(5).memory().incarnation();
        server.restart();

        assertAnotherLife(before);
    }

    /** What it wrote to disk may be older than what it granted. */
    @Test
    void aServerThatWasRestartedWithItsDataIsAnotherLife() {
        long before = floorIn(5).memory().incarnation();
        server.command("SAVE");
        server.restart();
        assertThat(server.command("EXISTS", "holdfast:memory")).isEqualTo(1L);

        assertAnotherLife(before);
    }

    @Test
    void aReplicaThatWasPromotedIsAnotherLife() {
        long before = floorIn(5).memory().incarnation();
        try (RedisServer replica =
                RedisServer.builder().binary(binary).replicaOf(server).start()) {
            while (!"1".equals(String.valueOf(replica.command("EXISTS", "holdfast:memory")))) {
                Thread.onSpinWait();
            }
            replica.command("REPLICAOF", "NO", "ONE");
            try (LockBackend promoted = TestBackends.connect(replica.uri())) {
                TokenFloor.Floor there = await(((TokenFloor) promoted).raiseFloor(0, 0));
                assertThat(there.memory().incarnation()).isNotEqualTo(before);
                assertThat(there.raised()).isFalse();
            }
        }
    }

    /** What the one before has granted in between is lost, though its key has come back. */
    @Test
    void aServerThatWasAReplicaInBetweenIsAnotherLife() {
        long before = floorIn(5).memory().incarnation();
        try (RedisServer replica =
                RedisServer.builder().binary(binary).replicaOf(server).start()) {
            while (!"1".equals(String.valueOf(replica.command("EXISTS", "holdfast:memory")))) {
                Thread.onSpinWait();
            }
            replica.command("REPLICAOF", "NO", "ONE");
            server.command("REPLICAOF", "127.0.0.1", String.valueOf(replica.port()));
            while (!server.info("replication").contains("master_link_status:up")) {
                Thread.onSpinWait();
            }
            server.command("REPLICAOF", "NO", "ONE");
        }
        assertAnotherLife(before);
    }

    @Test
    void aClusterHasNoFloor() {
        assumeTrue(binary.equals(RedisBinary.standard()), "once is enough");
        try (RedisCluster cluster = RedisCluster.start(3, 0);
                LockBackend clustered = TestBackends.connect(TestBackends.uri(cluster))) {
            assertThat(clustered).isNotInstanceOf(TokenFloor.class);
        }
    }

    private void assertAnotherLife(long before) {
        TokenFloor.Floor now = await(floor.raiseFloor(0, 0));
        assertThat(now.memory().incarnation()).isNotEqualTo(before);
        assertThat(now.memory().age()).isZero();
        assertThat(now.raised()).isFalse();
    }

    private TokenFloor.Floor floor(long token) {
        long life = await(floor.raiseFloor(0, 0)).memory().incarnation();
        return await(floor.raiseFloor(token, life));
    }

    private TokenFloor.Floor floorIn(long token) {
        TokenFloor.Floor raised = floor(token);
        assertThat(raised.raised()).isTrue();
        return raised;
    }

    private long token(String resource) {
        return await(backend.inspect(resource)).orElseThrow().fencingToken();
    }

    private static long ahead(Grant grant) {
        return FencingTokens.parse((FencingTokens.millis(grant.token()) + AHEAD) + "-3");
    }

    private Grant take(String resource, String client) {
        return (Grant) await(backend.acquire(request(resource, client, 0)));
    }

    private AcquireRequest request(String resource, String client, int waitSeconds) {
        return new AcquireRequest(
                ++requests,
                resource,
                client,
                LEASE,
                Duration.ofSeconds(waitSeconds).toNanos(),
                TestBackends.TIME.read());
    }

    private static HoldRef ref(String resource, String client, long token) {
        return new HoldRef() {
            @Override
            public String resource() {
                return resource;
            }

            @Override
            public String client() {
                return client;
            }

            @Override
            public long token() {
                return token;
            }
        };
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
