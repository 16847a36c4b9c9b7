package io.holdfast.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.benchmarks.Scenarios;
import io.holdfast.benchmarks.contestants.Contestant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocsTest {
    private static final String DOCUMENT = """
            Before.
            <!-- results: written by ./bench --write-docs -->
            Old.
            <!-- end of results -->
            After.
            """;

    @Test
    void resultsReplaceWhatStoodBetweenTheMarksAndNothingElse(@TempDir Path folder) throws IOException {
        Path document = folder.resolve("benchmarks.md");
        Files.writeString(document, DOCUMENT);
        Docs.write(SampleReport.create(), document);
        assertThat(Files.readString(document))
                .startsWith("Before.\n<!-- results")
                .endsWith("<!-- end of results -->\nAfter.\n")
                .doesNotContain("Old.")
                .contains("| Redis, 1 thread | ≥ 2.5 × Redisson |", "Redis 7.0.15");
    }

    @Test
    void picturesAreDrawnForLightAndForDarkPages(@TempDir Path folder) throws IOException {
        Path document = folder.resolve("benchmarks.md");
        Files.writeString(document, DOCUMENT);
        Docs.write(SampleReport.create(), document);
        for (String theme : new String[] {"light", "dark"}) {
            assertThat(Files.readString(folder.resolve("images/redis-contended-" + theme + ".svg")))
                    .startsWith("<svg")
                    .contains("Holdfast", "Redisson fair");
        }
    }

    @Test
    void thePageSaysWhatEachNameMeans() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "benchmarks.md"));
        Set<String> words = Set.copyOf(Arrays.asList(page.split("[^a-z-]+", -1)));
        assertThat(words).containsAll(Scenarios.labels());
        assertThat(words)
                .containsAll(Arrays.stream(Contestant.values())
                        .map(Contestant::label)
                        .toList());
    }

    @Test
    void aDocumentWithoutAPlaceForResultsIsLeftAlone(@TempDir Path folder) throws IOException {
        Path document = folder.resolve("benchmarks.md");
        Files.writeString(document, "Nothing.");
        assertThatThrownBy(() -> Docs.write(SampleReport.create(), document)).isInstanceOf(IOException.class);
        assertThat(document).hasContent("Nothing.");
    }
}
