package io.holdfast.benchmarks.report;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.Scriptable;

/** Draws charts into SVG files: by the same library as the page, run by Rhino. */
final class SvgPictures {
    private static final Gson GSON = new Gson();
    private static final int WIDTH = 760;
    /** There is no event loop, and nothing that ECharts would do later is needed. */
    private static final String NO_TIMERS = "function setTimeout() { return 0; } function clearTimeout() {}";

    private static final String DRAW = "(function (option, theme, width, height) {"
            + " var chart = echarts.init(null, JSON.parse(theme), {renderer: 'svg', ssr: true, width: width, height: height});"
            + " chart.setOption(JSON.parse(option));"
            + " return chart.renderToSVGString(); })";

    private SvgPictures() {}

    /**
     * Draws a chart twice, for light and for dark pages.
     *
     * @param chart what to draw
     * @param folder where to
     * @param name how the files' names begin
     * @throws IOException if a file can't be written
     */
    static void write(Chart chart, Path folder, String name) throws IOException {
        JsonObject themes =
                JsonParser.parseString(Resources.read("themes.json")).getAsJsonObject();
        for (String theme : themes.keySet()) {
            Files.writeString(folder.resolve(name + "-" + theme + ".svg"), draw(chart, GSON.toJson(themes.get(theme))));
        }
    }

    private static String draw(Chart chart, String theme) {
        JsonObject option = chart.option().deepCopy();
        option.addProperty("animation", false);
        try (Context context = Context.enter()) {
            // Methods of compiled code would be too long for a JVM.
            context.setInterpretedMode(true);
            context.setLanguageVersion(Context.VERSION_ES6);
            Scriptable scope = context.initSafeStandardObjects();
            context.evaluateString(scope, NO_TIMERS, "timers", 1, null);
            context.evaluateString(scope, Resources.echarts(), "echarts", 1, null);
            Function draw = (Function) context.evaluateString(scope, DRAW, "draw", 1, null);
            Object[] arguments = {GSON.toJson(option), theme, WIDTH, chart.height()};
            return Context.toString(draw.call(context, scope, scope, arguments));
        }
    }
}
