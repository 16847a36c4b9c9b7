package io.holdfast.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final Figure FIGURE =
            new Figure(2, "uncontended", "holdfast", Metric.moreIsBetter("acquire and release", "pairs/s"), 1234.5);

    @Test
    void isJsonThatNamesTheMachineAndEachFigure(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("report.json");
        new Report(Environment.here("none", "abc", "--quick", Map.of("Redis", "7.0.15")), List.of(FIGURE), List.of())
                .write(file);

        JsonObject report = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        JsonObject environment = report.getAsJsonObject("environment");
        assertThat(environment.get("cores").getAsInt()).isPositive();
        assertThat(environment.get("jdk").getAsString())
                .contains(Runtime.version().toString());
        assertThat(environment.get("commandLine").getAsString()).isEqualTo("--quick");
        JsonObject figure = report.getAsJsonArray("figures").get(0).getAsJsonObject();
        assertThat(figure.get("contestant").getAsString()).isEqualTo("holdfast");
        assertThat(figure.get("value").getAsDouble()).isEqualTo(1234.5);
        assertThat(figure.getAsJsonObject("metric").get("unit").getAsString()).isEqualTo("pairs/s");
    }

    @Test
    void readsWhatItHasWritten(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("report.json");
        Report written = new Report(Environment.here("none", "abc", "", Map.of()), List.of(FIGURE), List.of());
        written.write(file);
        assertThat(Report.read(file)).isEqualTo(written);
    }
}
