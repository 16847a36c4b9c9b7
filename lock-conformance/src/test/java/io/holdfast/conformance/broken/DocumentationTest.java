package io.holdfast.conformance.broken;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.conformance.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documentation says of the suite is so. */
class DocumentationTest {
    private static final Path DOCS = Path.of("../docs");
    private static final Path SAMPLES = Path.of("src/test/java/com/example/locks");

    @Test
    void aContractTestIsShort() throws IOException {
        try (Stream<String> lines = Files.lines(SAMPLES.resolve("MyStoreContractTest.java"))) {
            assertThat(lines).hasSizeLessThan(20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"MyStoreContractTest", "MyStoreModelTest", "MyStoreHistoryTest"})
    void theSamplesAreTestsThatRun(String name) throws IOException {
        String sample = Files.readString(SAMPLES.resolve(name + ".java"));
        assertThat(page("writing-a-backend.md")).contains("```java\n" + sample + "```\n");
    }

    @Test
    void thePageListsWhichPromiseGaveEachBrokenStoreAway() throws IOException {
        String table = BrokenStore.ALL.stream()
                .map(store -> "| " + store.error() + " | " + numbers(store) + " |\n")
                .collect(Collectors.joining());
        assertThat(page("writing-a-backend.md")).contains("| --- | --- |\n" + table + "\n");
    }

    @Test
    void theContractHasAsManyPromisesAsTheSuite() throws IOException {
        List<Integer> numbers = Pattern.compile("^(\\d+)\\. \\*\\*", Pattern.MULTILINE)
                .matcher(page("contract.md"))
                .results()
                .map(match -> Integer.valueOf(match.group(1)))
                .toList();
        assertThat(numbers)
                .isEqualTo(IntStream.rangeClosed(1, Promise.LAST).boxed().toList());
    }

    private static String numbers(BrokenStore store) {
        return store.promises().stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String page(String name) throws IOException {
        return Files.readString(DOCS.resolve(name));
    }
}
