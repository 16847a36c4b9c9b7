package io.holdfast.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockLostException;
import io.holdfast.LockTimeoutException;
import io.holdfast.Locks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecipesTest {
    private static final Duration NO_WAIT = Duration.ZERO;
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Path SOURCE = Path.of("src/main/java/io/holdfast/examples/Recipes.java");

    private final DistributedLock locks = Locks.open("memory:");
    private final List<String> done = new ArrayList<>();

    @AfterEach
    void close() {
        locks.close();
    }

    @Test
    void aJobIsSkippedWhileSomebodyIsAtIt() throws Exception {
        assertThat(Recipes.runUnlessHeld(locks, "job", () -> {
                    done.add("outer");
                    try {
                        assertThat(Recipes.runUnlessHeld(locks, "job", () -> done.add("inner")))
                                .isFalse();
                    } catch (InterruptedException unexpected) {
                        throw new IllegalStateException(unexpected);
                    }
                }))
                .isTrue();
        assertThat(Recipes.runUnlessHeld(locks, "job", () -> done.add("next"))).isTrue();
        assertThat(done).containsExactly("outer", "next");
    }

    @Test
    void aJobIsNotDoneAgainTooSoon() throws Exception {
        assertThat(Recipes.runAtMostOncePer(locks, "job", LONG, () -> done.add("first")))
                .isTrue();
        assertThat(Recipes.runAtMostOncePer(locks, "job", LONG, () -> done.add("second")))
                .isFalse();
        assertThat(done).containsExactly("first");
        assertThat(locks.inspect("job").orElseThrow().remaining()).isBetween(LONG.minusMinutes(1), LONG);
    }

    @Test
    void severalResourcesAreHeldTogetherAndReleased() throws Exception {
        String result = Recipes.withAll(locks, List.of("b", "a", "b"), LONG, () -> {
            assertThat(locks.inspect("a")).isPresent();
            assertThat(locks.inspect("b")).isPresent();
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(locks.inspect("a")).isEmpty();
        assertThat(locks.inspect("b")).isEmpty();
    }

    @Test
    void ofSeveralResourcesNoneIsHeldIfOneIsNotToBeHad() throws Exception {
        try (LockHandle theirs = locks.newClient().acquire("b", NO_WAIT)) {
            assertThatThrownBy(() -> Recipes.withAll(locks, List.of("a", "b"), NO_WAIT, () -> done.add("work")))
                    .isInstanceOf(LockTimeoutException.class);
            assertThat(locks.inspect("a")).isEmpty();
            assertThat(theirs.isValid()).isTrue();
        }
        assertThat(done).isEmpty();
    }

    @Test
    void workStopsWhereTheHoldIsLost() throws Exception {
        LockHandle hold = locks.acquire("resource", "client", NO_WAIT);

        assertThatThrownBy(() -> Recipes.whileHeld(hold, List.of("one", "two", "three"), item -> {
                    done.add(item);
                    if (item.equals("two")) {
                        hold.close();
                    }
                }))
                .isInstanceOf(LockLostException.class);
        assertThat(done).containsExactly("one", "two");
    }

    @Test
    void asynchronousWorkReleasesWhateverComesOfIt() throws Exception {
        assertThat(Recipes.withLockAsync(locks, "resource", LONG, hold -> CompletableFuture.completedFuture("done"))
                        .get(10, TimeUnit.SECONDS))
                .isEqualTo("done");
        assertThat(Recipes.withLockAsync(locks, "resource", LONG, hold -> {
                    throw new IllegalStateException("broken");
                }))
                .failsWithin(Duration.ofSeconds(10));

        // The next in the queue gets it when both releases have been carried out.
        try (LockHandle next = locks.newClient().acquire("resource", Duration.ofSeconds(10))) {
            assertThat(next.isValid()).isTrue();
        }
    }

    @Test
    void thePageShowsTheCodeThatRunsHere() throws IOException {
        String source = words(Files.readString(SOURCE));
        List<String> blocks = BLOCK.matcher(Files.readString(Path.of("../docs/recipes.md")))
                .results()
                .map(match -> words(match.group(1)))
                .toList();

        assertThat(blocks).hasSize(5).allMatch(source::contains);
    }

    private static String words(String code) {
        return code.strip().replaceAll("\\s+", " ");
    }
}
