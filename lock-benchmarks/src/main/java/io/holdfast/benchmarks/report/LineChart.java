package io.holdfast.benchmarks.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Contestant.Trait;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** One line for each contestant, on a logarithmic axis. */
final class LineChart {
    private static final int HEIGHT = 330;
    private static final int LEGEND_ROW = 22;

    private LineChart() {}

    static Chart of(
            String id,
            String title,
            String caption,
            String unit,
            List<String> places,
            Map<Contestant, List<OptionalDouble>> lines) {
        List<JsonObject> series = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(unit));
        head.addAll(places);
        Rows rows = new Rows(head, new ArrayList<>());
        lines.forEach((contestant, values) -> {
            series.add(series(contestant, values));
            rows.add(contestant.title(), values);
        });
        int legend = LEGEND_ROW * (1 + lines.size() / 3);
        return new Chart(
                id,
                title,
                caption,
                HEIGHT + legend,
                Json.object(
                        "grid",
                        Json.object("left", 8, "right", 44, "top", legend + 22, "bottom", 8, "containLabel", true),
                        "legend",
                        Json.object("top", 0, "left", 0, "itemWidth", 18, "itemHeight", 8),
                        "tooltip",
                        Json.object("trigger", "axis", "confine", true),
                        "xAxis",
                        Json.object("type", "category", "data", places, "boundaryGap", false),
                        "yAxis",
                        Json.object("type", "log", "name", unit, "nameTextStyle", Json.object("align", "left")),
                        "series",
                        series),
                rows);
    }

    private static JsonObject series(Contestant contestant, List<OptionalDouble> values) {
        JsonArray data = new JsonArray();
        for (OptionalDouble value : values) {
            // A logarithm needs more than nothing.
            if (value.isPresent() && value.getAsDouble() > 0) {
                data.add(value.getAsDouble());
            } else {
                data.add(JsonNull.INSTANCE);
            }
        }
        boolean ours = contestant.is(Trait.OURS);
        String colour = Palette.of(contestant);
        return Json.object(
                "name",
                contestant.title(),
                "type",
                "line",
                "data",
                data,
                "connectNulls",
                true,
                "symbolSize",
                ours ? 8 : 5,
                "z",
                ours ? 5 : 2,
                "itemStyle",
                Json.object("color", colour),
                "lineStyle",
                Json.object(
                        "color", colour,
                        "width", ours ? 3.5 : 1.8,
                        "type", contestant.is(Trait.FLOOR) ? "dashed" : "solid"));
    }
}
