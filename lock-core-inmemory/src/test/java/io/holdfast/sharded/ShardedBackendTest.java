package io.holdfast.sharded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.core.LockManager;
import io.holdfast.core.ManualTime;
import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardedBackendTest {
    private static final ShardMap MAP = ShardMap.of("east", "west");

    private final ManualTime time = new ManualTime();
    private final LockBackend east = InMemoryEngine.create(time, time).connect();
    private final LockBackend west = InMemoryEngine.create(time, time).connect();
    private final ShardedBackend sharded = new ShardedBackend(MAP, Map.of("east", east, "west", west));
    private long requests;

    @Test
    void aResourceLivesInItsShardAlone() {
        acquire(in("east"), 0);

        assertThat(answer(east.inspect(in("east")))).isPresent();
        assertThat(answer(west.inspect(in("east")))).isEmpty();
        assertThat(answer(sharded.inspect(in("east")))).isPresent();
    }

    @Test
    void aFailingShardLeavesTheOthersAlone() {
        west.close();

        assertThat(acquire(in("east"), 0)).isInstanceOf(Grant.class);
        assertThatThrownBy(() -> acquire(in("west"), 0))
                .cause()
                .isInstanceOf(LockBackendException.class)
                .hasMessageStartingWith("shard 'west': ");
    }

    @Test
    void aFailureKeepsWhatIsKnownOfItsOutcome() {
        west.close();

        assertThatThrownBy(() -> answer(sharded.release(HoldRef.ofClient(in("west"), "x"))))
                .cause()
                .isInstanceOfSatisfying(
                        LockBackendException.class,
                        failure -> assertThat(failure.outcomeKnown()).isTrue());
    }

    @Test
    void aWaitThatFailsNamesItsShard() {
        acquire(in("west"), 0);
        AcquireReply.Queued queued = (AcquireReply.Queued) acquire(in("west"), "y", 1_000_000);
        west.close();

        assertThatThrownBy(() -> answer(queued.grant())).cause().hasMessageStartingWith("shard 'west': ");
    }

    @Test
    void aRenewalOfManyIsAnsweredInItsOrder() {
        List<String> resources = IntStream.range(0, 20).mapToObj(i -> "r" + i).toList();
        List<HoldRef> holds = resources.stream()
                .map(resource -> HoldRef.ofClient(resource, "x"))
                .toList();
        IntStream.range(0, 20).filter(i -> i % 3 == 0).forEach(i -> acquire("r" + i, 0));

        List<RenewOutcome> outcomes = answer(sharded.renew(holds));

        assertThat(IntStream.range(0, 20).filter(i -> outcomes.get(i) instanceof RenewOutcome.Renewed))
                .containsExactly(0, 3, 6, 9, 12, 15, 18);
    }

    @Test
    void aRenewalTellsOfEachShardWhatItKnows() {
        acquire(in("east"), 0);
        acquire(in("west"), 0);
        west.close();

        List<RenewOutcome> outcomes =
                answer(sharded.renew(List.of(HoldRef.ofClient(in("west"), "x"), HoldRef.ofClient(in("east"), "x"))));

        assertThat(outcomes.get(0))
                .isInstanceOfSatisfying(
                        RenewOutcome.Unknown.class,
                        unknown -> assertThat(unknown.cause()).hasMessageStartingWith("shard 'west': "));
        assertThat(outcomes.get(1)).isInstanceOf(RenewOutcome.Renewed.class);
    }

    @Test
    void anEmptyRenewalIsAnswered() {
        assertThat(answer(sharded.renew(List.of()))).isEmpty();
    }

    @Test
    void closingItClosesAllShards() {
        sharded.close();

        assertThatThrownBy(() -> answer(east.inspect("a"))).cause().isInstanceOf(LockBackendException.class);
        assertThatThrownBy(() -> answer(west.inspect("a"))).cause().isInstanceOf(LockBackendException.class);
        assertThatCode(sharded::close).doesNotThrowAnyException();
    }

    @Test
    void storesWithoutAViewForCallersThatWaitNeedNone() {
        assertThat(sharded.blocking()).isSameAs(sharded);
    }

    @Test
    void eachShardNeedsItsBackend() {
        assertThatThrownBy(() -> new ShardedBackend(MAP, Map.of("east", east)))
                .hasMessage("there must be one backend for each of [east, west], but there are for [east]");
    }

    @Test
    void itSaysWhatItIsMadeOf() {
        assertThat(sharded.capabilities().name()).isEqualTo("sharded (in-memory)");
        assertThat(sharded.capabilities().fair()).isTrue();
    }

    @Test
    void aShardMayTakeAsLongAsItsOwnConfigurationSays() {
        LockBackend silent = (LockBackend) Proxy.newProxyInstance(
                LockBackend.class.getClassLoader(),
                new Class<?>[] {LockBackend.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "answerTimeout" -> Duration.ofSeconds(5);
                    case "capabilities" -> east.capabilities();
                    case "blocking" -> proxy;
                    default -> new CompletableFuture<>();
                });
        LockManager locks = LockManager.builder(new ShardedBackend(MAP, Map.of("east", east, "west", silent)))
                .time(time, time)
                .build();
        CompletableFuture<LockHandle> asked = locks.acquireAsync(in("west"), "x", Duration.ZERO);

        time.advance(Duration.ofMillis(4_999));
        assertThat(asked).isNotDone();
        time.advance(Duration.ofMillis(1));
        assertThat(asked).failsWithin(Duration.ofSeconds(10));
    }

    /** A resource that belongs to a shard. */
    private static String in(String shard) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "r" + i)
                .filter(name -> MAP.shardOf(name).equals(shard))
                .findFirst()
                .orElseThrow();
    }

    private AcquireReply acquire(String resource, long waitNanos) {
        return acquire(resource, "x", waitNanos);
    }

    private AcquireReply acquire(String resource, String client, long waitNanos) {
        return answer(sharded.acquire(new AcquireRequest(++requests, resource, client, 1_000, waitNanos, time.read())));
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
