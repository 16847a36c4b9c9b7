package io.holdfast.examples.orders;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.orders.screen.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrdersCommandTest {
    private static final String MANY_MUGS = "A-1,mug,1,Ann\n".repeat(60);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("orders.csv");
    }

    @Test
    void goodOrdersEndWithZeroAndBooksThatBalance() throws IOException {
        Files.writeString(file, MANY_MUGS);
        assertThat(demo(file.toString(), "--stock", "50")).isZero();
        assertThat(out.toString(UTF_8))
                .contains(
                        "sold                 50 orders",
                        "rejected             10 orders",
                        "oversold              0 units")
                .contains("The books balance")
                .contains("refused, token")
                .doesNotContain("WRONG");
        assertThat(err.toString(UTF_8)).isEmpty();
    }

    @Test
    void whatIsNoTerminalGetsPrintableAsciiAlone() throws IOException {
        Files.writeString(file, MANY_MUGS);
        demo(file.toString());
        assertThat(out.toString(UTF_8).replace("\n", "")).isASCII().isPrintable();
    }

    @Test
    void withoutTheLockTheBooksDoNotBalanceAndTheExitCodeSaysSo() throws IOException {
        Files.writeString(file, MANY_MUGS);
        assertThat(demo(file.toString(), "--no-lock", "--stock", "30")).isEqualTo(Run.WRONG);
        assertThat(out.toString(UTF_8)).contains("The books do not balance", "lost updates", "WRONG");
    }

    @Test
    void badRowsAreToldWithFileLineAndReasonAndTheRestIsProcessed() throws IOException {
        Files.writeString(
                file, "order,item,quantity,customer\r\nA-1,mug,1,Ann\r\nA-2,mug,none,Bob\r\nA-3,\"mug,1,Cid\r\n");
        assertThat(demo(file.toString())).isEqualTo(Run.INCOMPLETE);
        assertThat(err.toString(UTF_8).lines())
                .containsExactly(
                        file + ":3: the quantity must be a whole number from 1 to 1,000,000,000, but is \"none\"",
                        file + ":4: a quote is never closed, or is followed by text");
        assertThat(out.toString(UTF_8))
                .contains("malformed             2 rows", "3 rows = 1 sold + 0 rejected + 2 malformed");
    }

    @Test
    void manyBadRowsAreNotAllTold() throws IOException {
        Files.writeString(file, "A-1,mug,1,Ann\n" + "nonsense\n".repeat(150));
        assertThat(demo(file.toString())).isEqualTo(Run.INCOMPLETE);
        assertThat(err.toString(UTF_8).lines()).hasSize(101).last().isEqualTo(file + ": and 50 more malformed rows");
        assertThat(out.toString(UTF_8)).contains("malformed           150 rows");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--workers=0         | --workers must be from 1 to 1,000, but is 0",
                "--workers=1001      | --workers must be from 1 to 1,000, but is 1,001",
                "--workers=many      | Invalid value for option '--workers': 'many' is not an int",
                "--stock=-1          | --stock must be from 0 to 1,000,000,000, but is -1",
                "--lease=0s          | --lease: lease must be from PT0.001S to PT168H, but was PT0S",
                "--lease=soon        | Invalid value for option '--lease': 'soon' is not a length of time such as 500ms",
                "--timeout=-5s       | Invalid value for option '--timeout': '-5s' is not a length of time such as 500ms",
                "--backend=nosuch:x  | --backend: no backend on the class path for the scheme 'nosuch'; there are backends for [",
                "--backend=store     | --backend: must be memory, redis, etcd, sharded, quorum or a URI",
                "--nolock            | Unknown option: '--nolock'",
                "/no/such/file.csv   | there is no file /no/such/file.csv",
                "/                   | cannot read /: Is a directory",
            })
    void aBadArgumentIsOneClearLineAndExitCodeTwo(String argument, String message) {
        assertThat(demo(argument)).isEqualTo(2);
        assertThat(err.toString(UTF_8).lines()).singleElement().asString().startsWith("demo: " + message);
        assertThat(out.toString(UTF_8)).isEmpty();
    }

    @Test
    void aFileWithoutOrdersIsRefused() throws IOException {
        for (String content : new String[] {"", "\uFEFF\r\n", "order,item,quantity,customer\n"}) {
            err.reset();
            Files.writeString(file, content);
            assertThat(demo(file.toString())).isEqualTo(2);
            assertThat(err.toString(UTF_8).lines())
                    .singleElement()
                    .asString()
                    .startsWith("demo: " + file + " holds no orders");
        }
    }

    @ParameterizedTest
    @CsvSource({"redis, Redis", "etcd, etcd", "sharded, three Redis", "quorum, majority of three Redis"})
    void serversAreStartedForTheDemoAlone(String backend, String product) throws IOException {
        Files.writeString(file, MANY_MUGS);
        assertThat(demo(file.toString(), "--backend", backend)).isZero();
        assertThat(out.toString(UTF_8))
                .containsPattern(product + " [0-9.]+, started for this")
                .contains("The books balance", "refused, token", "0 locks left behind");
        assertThat(err.toString(UTF_8)).isEmpty();
    }

    @Test
    void theQuorumGoesOnWhenOneOfItsServersIsLostAndComesBack() throws IOException {
        Files.writeString(file, ordersOfManyItems(1_500));
        assertThat(demo(file.toString(), "--backend", "quorum")).isZero();
        assertThat(out.toString(UTF_8))
                .contains("server a is killed, with all that it knew; two of three go on")
                .contains("server a is back and knows nothing; it has no vote for the next 60 s")
                .contains("The books balance", "0 locks left behind");
        assertThat(err.toString(UTF_8)).isEmpty();
    }

    private static String ordersOfManyItems(int orders) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < orders; i++) {
            rows.append("A-").append(i).append(",item ").append(i % 20).append(",1,Ann\n");
        }
        return rows.toString();
    }

    @Test
    void aStoppedRunStillSumsUp() throws IOException {
        Files.writeString(file, MANY_MUGS);
        Run run = run();
        run.stop();
        assertThat(demo(run, file.toString())).isEqualTo(Run.INCOMPLETE);
        assertThat(out.toString(UTF_8)).contains("untouched", "The books balance", "0 locks left behind");
    }

    @Test
    void helpTellsEachOptionAndExitCode() {
        assertThat(demo("--help")).isZero();
        assertThat(out.toString(UTF_8))
                .contains("--workers", "--backend", "--no-lock", "--lease", "--timeout", "--stock", "--version", "130");
        assertThat(out.toString(UTF_8).lines()).allMatch(line -> line.length() <= 80);
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "30s, PT30S", "1.5s, PT1.5S", "2m, PT2M", "1h30m, PT1H30M", "0s, PT0S"})
    void lengthsOfTimeAreWrittenAsPeopleWriteThem(String text, String duration) {
        assertThat(new DurationConverter().convert(text)).hasToString(duration);
    }

    private int demo(String... args) {
        return demo(run(), args);
    }

    private Run run() {
        return new Run(stream(out), stream(err), Terminal.plain());
    }

    private int demo(Run run, String... args) {
        return OrdersDemo.commandLine(run, stream(out), stream(err), Terminal.plain())
                .execute(args);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, UTF_8);
    }
}
