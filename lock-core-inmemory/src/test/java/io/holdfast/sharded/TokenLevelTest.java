package io.holdfast.sharded;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.holdfast.LockBackendException;
import io.holdfast.core.LogCapture;
import io.holdfast.core.ManualTime;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.TokenFloor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenLevelTest {
    private static final TokenFloor.Memory MEMORY = new TokenFloor.Memory(1, Duration.ofHours(1));

    private final ManualTime time = new ManualTime();
    private final Store east = new Store(7);
    private final Store north = new Store(3);
    private final Store west = new Store(5);
    private final TokenLevel level = new TokenLevel(Map.of("east", east, "north", north, "west", west), time);

    private final LogCapture log = new LogCapture(MovingBackend.class);

    @BeforeEach
    void start() {
        level.start();
    }

    @AfterEach
    void close() {
        level.close();
        log.close();
    }

    @Test
    void allAreRaisedToTheGreatest() {
        time.advance(TokenLevel.EVERY);

        assertThat(List.of(east.token, north.token, west.token)).containsOnly(7L);
        assertThat(told()).isEmpty();
    }

    @Test
    void aSilentStoreKeepsTheOthersFromBeingLevelledForNoLongerThanItsTime() {
        west.answers = false;
        time.advance(TokenLevel.EVERY.multipliedBy(2));

        assertThat(north.token).isEqualTo(7);
        east.token = 9;
        time.advance(TokenLevel.EVERY.multipliedBy(2));
        assertThat(north.token).isEqualTo(9);
    }

    @Test
    void noTimeBeginsBeforeTheLastHasEnded() {
        west.answers = false;
        time.advance(TokenLevel.EVERY.multipliedBy(10));

        assertThat(west.asked).isEqualTo(5);
    }

    @Test
    void thatAStoreIsNotLevelIsToldOnceAndOnceThatItIsAgain() {
        west.fails = true;
        time.advance(TokenLevel.EVERY.multipliedBy(3));
        assertThat(told())
                .containsExactly("the tokens of shard 'west' can't be brought level with the others':"
                        + " don't go on to the new map until they are again");

        west.fails = false;
        time.advance(TokenLevel.EVERY.multipliedBy(3));
        assertThat(told()).hasSize(2).endsWith("the tokens of shard 'west' are level with the others' again");
    }

    @Test
    void aStoreThatIsNotRaisedThoughItAnswersIsNotLevel() {
        north.raises = false;
        time.advance(TokenLevel.EVERY);

        assertThat(told()).singleElement().asString().contains("'north'");
    }

    private List<String> told() {
        return log.at(Level.WARN).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** Has a token, and answers or doesn't. */
    private static final class Store implements TokenFloor {
        private long token;
        private boolean answers = true;
        private boolean fails;
        private boolean raises = true;
        private int asked;

        Store(long token) {
            this.token = token;
        }

        @Override
        public CompletionStage<Floor> raiseFloor(long wanted, long incarnation) {
            asked++;
            if (!answers) {
                return new CompletableFuture<>();
            }
            if (fails) {
                return CompletableFuture.failedFuture(LockBackendException.notApplied("it is off", null));
            }
            token = raises ? Math.max(token, wanted) : token;
            return CompletableFuture.completedFuture(new Floor(token, false, MEMORY));
        }

        @Override
        public CompletionStage<Raised> raiseToken(HoldRef hold, long wanted) {
            throw new UnsupportedOperationException("no hold is raised here");
        }
    }
}
