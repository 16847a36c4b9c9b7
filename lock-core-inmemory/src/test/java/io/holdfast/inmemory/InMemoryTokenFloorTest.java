package io.holdfast.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.ManualTime;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.TokenFloor;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InMemoryTokenFloorTest {
    private static final long FLOOR = 1_000_000;

    private final ManualTime time = new ManualTime();
    private final InMemoryEngine engine = InMemoryEngine.create(time, time);
    private final LockBackend backend = engine.connect();
    private final TokenFloor floor = (TokenFloor) backend;
    private long requests;

    /** The engine keeps resources apart in parts, of which some are made before and some after the floor is raised. */
    @Test
    void theFloorIsThatOfAllResources() {
        for (int i = 0; i < 100; i++) {
            acquire("early-" + i);
        }
        floor.raiseFloor(FLOOR, floor().memory().incarnation());

        for (int i = 0; i < 2_000; i++) {
            assertThat(acquire("late-" + i).token()).isGreaterThan(FLOOR);
        }
    }

    @Test
    void theGreatestTokenIsThatOfAllResources() {
        long greatest = 0;
        for (int i = 0; i < 2_000; i++) {
            greatest = Math.max(greatest, acquire("r-" + i).token());
        }
        assertThat(floor().token()).isEqualTo(greatest);
    }

    @Test
    void aRaisedTokenCountsAsGiven() {
        TokenFloor.Raised raised =
                floor.raiseToken(acquire("r"), FLOOR).toCompletableFuture().join();

        assertThat(raised.found()).isTrue();
        assertThat(floor().token()).isEqualTo(FLOOR);
    }

    @Test
    void anotherLifesFloorIsNotRaised() {
        TokenFloor.Floor before = floor();
        floor.raiseFloor(FLOOR, before.memory().incarnation() + 1);

        assertThat(floor().raised()).isFalse();
        assertThat(acquire("r").token()).isLessThan(FLOOR);
    }

    @Test
    void anEngineRemembersSinceItWasMade() {
        time.advance(Duration.ofSeconds(7));

        assertThat(floor().memory().age()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void eachEngineIsALifeOfItsOwn() {
        TokenFloor other = (TokenFloor) InMemoryEngine.create(time, time).connect();
        TokenFloor same = (TokenFloor) engine.connect();
        long incarnation = floor().memory().incarnation();

        assertThat(same.raiseFloor(0, 0).toCompletableFuture().join().memory().incarnation())
                .isEqualTo(incarnation);
        assertThat(other.raiseFloor(0, 0).toCompletableFuture().join().memory().incarnation())
                .isNotEqualTo(incarnation);
    }

    private TokenFloor.Floor floor() {
        return floor.raiseFloor(0, 0).toCompletableFuture().join();
    }

    private Grant acquire(String resource) {
        AcquireRequest request = new AcquireRequest(++requests, resource, "x", 1_000, 0, time.read());
        return (Grant) backend.acquire(request).toCompletableFuture().join();
    }
}
