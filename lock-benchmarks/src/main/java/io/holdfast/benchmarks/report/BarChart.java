package io.holdfast.benchmarks.report;

import com.google.gson.JsonArray;
import io.holdfast.benchmarks.contestants.Contestant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** One bar for each contestant. */
final class BarChart {
    private static final int BAR = 30;
    private static final int AXIS = 46;
    private static final double MILLION = 1e6;

    private BarChart() {}

    static Chart of(String id, String title, String caption, String unit, Map<Contestant, Double> values) {
        // An axis has no room for millions.
        boolean millions = values.values().stream().anyMatch(value -> value >= MILLION);
        String axis = millions ? "million " + unit : unit;
        JsonArray names = new JsonArray();
        JsonArray bars = new JsonArray();
        Rows rows = Rows.of("", unit);
        values.forEach((contestant, value) -> {
            names.add(contestant.title());
            bars.add(Json.object(
                    "value", millions ? value / MILLION : value,
                    "label", Json.object("formatter", Rows.number(value)),
                    "itemStyle", Json.object("color", Palette.of(contestant))));
            rows.add(contestant.title(), List.of(OptionalDouble.of(value)));
        });
        return new Chart(
                id,
                title,
                caption,
                AXIS + BAR * values.size(),
                Json.object(
                        "grid",
                        Json.object("left", 8, "right", 64, "top", 4, "bottom", 24, "containLabel", true),
                        "tooltip",
                        Json.object("trigger", "item", "confine", true, "formatter", "{b}: {c} " + axis),
                        "xAxis",
                        Json.object(
                                "type",
                                "value",
                                "name",
                                axis,
                                "nameLocation",
                                "middle",
                                "nameGap",
                                26,
                                "splitNumber",
                                3,
                                "axisLabel",
                                Json.object("hideOverlap", true)),
                        "yAxis",
                        Json.object(
                                "type",
                                "category",
                                "inverse",
                                true,
                                "data",
                                names,
                                "axisTick",
                                Json.object("show", false)),
                        "series",
                        List.of(Json.object(
                                "type",
                                "bar",
                                "data",
                                bars,
                                "barMaxWidth",
                                20,
                                "label",
                                Json.object("show", true, "position", "right")))),
                rows);
    }
}
