package io.holdfast.examples.orders.screen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.orders.shop.Snapshot;
import io.holdfast.examples.orders.shop.WorkerState;
import io.holdfast.examples.orders.shop.WorkerState.Phase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final String ESCAPE = "\u001B";
    private static final List<WorkerState> WORKERS = List.of(
            new WorkerState(Phase.WORKING, "mug"), new WorkerState(Phase.WAITING, "a very long name of an item"));

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, UTF_8);

    @Test
    void plainProgressIsALineForEachSecondAndOneForTheEnd() {
        Progress progress = Progress.on(out, Terminal.plain());
        progress.show(at(Duration.ofMillis(900), 1));
        progress.show(at(Duration.ofMillis(1_010), 2));
        progress.show(at(Duration.ofMillis(1_900), 3));
        progress.end(at(Duration.ofMillis(1_950), 4));
        assertThat(written.toString(UTF_8).lines())
                .containsExactly(
                        "    1.0 s   2 of 8 orders   2/s   1 of 2 waiting   0 oversold",
                        "    2.0 s   4 of 8 orders   2/s   1 of 2 waiting   0 oversold");
    }

    @Test
    void plainProgressIsAsciiWithoutEscapes() {
        Progress.on(out, Terminal.plain()).end(at(Duration.ofSeconds(1), 8));
        assertThat(written.toString(UTF_8).stripTrailing()).isASCII().isPrintable();
    }

    @Test
    void livePictureShowsTheBarAndEachWorker() {
        Progress.on(out, new Terminal(true, true, 80, 24)).show(at(Duration.ofSeconds(1), 4));
        assertThat(withoutEscapes()).contains("4 of 8 orders", "━", " 50%", "● mug", "○ a very long n..", "paused");
    }

    @Test
    void aTerminalWithoutUnicodeGetsAscii() {
        Progress.on(out, new Terminal(true, false, 80, 24)).show(at(Duration.ofSeconds(1), 4));
        assertThat(withoutEscapes()).contains("##", "--", "* mug").isASCII();
    }

    @Test
    void noLineIsWiderThanTheTerminal() {
        for (int columns : new int[] {70, 80, 99, 100, 200}) {
            written.reset();
            Progress.on(out, new Terminal(true, true, columns, 24)).show(at(Duration.ofSeconds(1), 4));
            assertThat(withoutEscapes().lines())
                    .allSatisfy(line -> assertThat(line.stripTrailing()).hasSizeLessThanOrEqualTo(columns));
        }
    }

    @Test
    void thePictureNeverFillsTheWholeHeight() {
        for (int rows = 10; rows < 30; rows++) {
            written.reset();
            List<WorkerState> many = Collections.nCopies(1_000, WORKERS.get(0));
            Progress.on(out, new Terminal(true, true, 80, rows)).show(at(Duration.ofSeconds(1), 4, many));
            assertThat(withoutEscapes().lines()).hasSizeLessThan(rows);
            assertThat(withoutEscapes()).contains("workers more");
        }
    }

    @Test
    void theNextPictureIsDrawnOverTheLast() {
        Progress progress = Progress.on(out, new Terminal(true, true, 80, 24));
        progress.show(at(Duration.ofSeconds(1), 4));
        long height = withoutEscapes().lines().count();
        written.reset();
        progress.show(at(Duration.ofSeconds(2), 5));
        assertThat(written.toString(UTF_8)).contains(ESCAPE + "[" + height + "A");
    }

    @Test
    void whatIsToldStaysAboveThePicture() {
        Progress progress = Progress.on(out, new Terminal(true, true, 80, 24));
        progress.show(at(Duration.ofSeconds(1), 4));
        progress.tell(at(Duration.ofSeconds(1), 4), "server a is killed");
        written.reset();
        progress.show(at(Duration.ofSeconds(2), 5));
        assertThat(written.toString(UTF_8)).doesNotContainPattern(ESCAPE + "\\[[0-9]+A");
    }

    @Test
    void plainProgressTellsWhatHappensWithItsTime() {
        Progress.on(out, Terminal.plain()).tell(at(Duration.ofMillis(2_340), 4), "server a is killed");
        assertThat(written.toString(UTF_8).lines()).containsExactly("    2.3 s   server a is killed");
    }

    @Test
    void theTerminalIsLeftAsItWasFound() {
        Progress progress = Progress.on(out, new Terminal(true, true, 80, 24));
        progress.show(at(Duration.ofSeconds(1), 4));
        assertThat(written.toString(UTF_8)).contains(ESCAPE + "[?25l", ESCAPE + "[?7l");
        progress.end(at(Duration.ofSeconds(2), 8));
        assertThat(written.toString(UTF_8)).endsWith(ESCAPE + "[?7h" + ESCAPE + "[?25h");
    }

    private String withoutEscapes() {
        return written.toString(UTF_8)
                .replaceAll(ESCAPE + "\\[[?0-9;]*[A-Za-z]", "")
                .replace("\r", "");
    }

    private static Snapshot at(Duration elapsed, int done) {
        return at(elapsed, done, WORKERS);
    }

    private static Snapshot at(Duration elapsed, int done, List<WorkerState> workers) {
        return new Snapshot(8, done, 0, 0, 0, 0, workers, "Worker A is paused", elapsed.toNanos());
    }
}
