package io.holdfast.benchmarks.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;

/** A run as one page: charts, tables, machine. It needs no network, now or later, and its policy forbids it any. */
public final class HtmlReport {
    /** Escapes what would end a script element. */
    private static final Gson GSON = new GsonBuilder().create();

    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

    private final Report report;
    private final Medians medians;
    private final StringBuilder page = new StringBuilder();
    private final JsonObject options = new JsonObject();

    private HtmlReport(Report report) {
        this.report = report;
        this.medians = new Medians(report.figures());
    }

    /**
     * Writes the page.
     *
     * @param report what it shows
     * @param file where to
     * @throws IOException if that fails
     */
    public static void write(Report report, Path file) throws IOException {
        Files.writeString(file, new HtmlReport(report).html());
    }

    private String html() {
        add("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">");
        add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        add("<meta http-equiv=\"Content-Security-Policy\" content=\"" + POLICY + "\">");
        add("<title>Holdfast benchmarks</title>");
        add("<link rel=\"icon\" href=\"data:,\"><style>" + Resources.read("page.css") + "</style></head><body>");
        head();
        add("<main>");
        targets();
        for (Family family : Family.values()) {
            family(family);
        }
        failures();
        add("</main><footer class=\"soft\">" + versions() + "</footer>");
        scripts();
        add("</body></html>");
        return page.toString();
    }

    private void head() {
        Environment here = report.environment();
        add("<header><h1>Holdfast benchmarks</h1><p class=\"soft\">" + escape(here.summary()) + "<br>"
                + escape(here.startedAt() + ", commit " + here.commit() + ", ./bench " + here.commandLine())
                + "<br>Compare within this page only: on another machine, or on another day, all figures are others."
                + "</p></header><nav><div>");
        for (Family family : Family.values()) {
            if (!Charts.of(medians, family).isEmpty()) {
                add("<a href=\"#" + family.label() + "\">" + family.title() + "</a>");
            }
        }
        add("<a href=\"#targets\">Targets</a></div></nav>");
    }

    private void targets() {
        Rows rows = Targets.rows(medians, report.failures());
        if (!rows.body().isEmpty()) {
            add("<h2 id=\"targets\">Targets</h2><p class=\"soft\">Ratios are taken within each round, where both met"
                    + " the same noise; their median counts.</p>");
            table(rows);
        }
    }

    private void family(Family family) {
        List<Chart> charts = Charts.of(medians, family);
        if (charts.isEmpty()) {
            return;
        }
        add("<h2 id=\"" + family.label() + "\">" + family.title() + "</h2><div class=\"grid\">");
        for (Chart chart : charts) {
            options.add(chart.id(), chart.option());
            add("<figure><figcaption><b>" + escape(chart.title()) + "</b><span class=\"soft\">"
                    + escape(chart.caption()) + "</span></figcaption><div class=\"chart\" role=\"img\" aria-label=\""
                    + escape(chart.title()) + "\" id=\"" + chart.id() + "\" style=\"height:" + chart.height()
                    + "px\"></div><details><summary>Figures</summary>");
            table(chart.table());
            add("</details></figure>");
        }
        add("</div>");
    }

    private void failures() {
        LinkedHashSet<String> lines = new LinkedHashSet<>();
        for (Failure failure : report.failures()) {
            lines.add(Contestant.of(failure.contestant()).title() + " (" + failure.contestant() + ") in "
                    + failure.scenario() + ": " + failure.reason());
        }
        if (!lines.isEmpty()) {
            add("<h2>What failed</h2><ul class=\"soft\">");
            lines.forEach(line -> add("<li>" + escape(line) + "</li>"));
            add("</ul>");
        }
    }

    private String versions() {
        StringBuilder text = new StringBuilder("Measured: ");
        report.environment()
                .versions()
                .forEach((name, version) -> text.append(escape(name))
                        .append(' ')
                        .append(escape(version))
                        .append(", "));
        return text.substring(0, text.length() - 2) + ".";
    }

    private void table(Rows rows) {
        add("<div class=\"scroll\"><table><tr>");
        rows.head().forEach(cell -> add("<th>" + escape(cell) + "</th>"));
        add("</tr>");
        for (List<String> row : rows.body()) {
            add("<tr>");
            row.forEach(cell -> add(
                    cell.equals("met") || cell.equals("missed")
                            ? "<td class=\"" + cell + "\">" + cell + "</td>"
                            : "<td>" + escape(cell) + "</td>"));
            add("</tr>");
        }
        add("</table></div>");
    }

    private void scripts() {
        JsonObject data =
                Json.object("themes", JsonParser.parseString(Resources.read("themes.json")), "charts", options);
        add("<script type=\"application/json\" id=\"report\">" + GSON.toJson(data) + "</script>");
        add("<script>" + Resources.echarts() + "</script>");
        add("<script>" + Resources.read("page.js") + "</script>");
    }

    private void add(String html) {
        page.append(html).append('\n');
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
