package io.holdfast.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");
    private static final Pattern OBSERVED = Pattern.compile("<pre id=\"observed\">(.*?)</pre>", Pattern.DOTALL);

    /** Runs before the page's own scripts. */
    private static final String OBSERVE = "<script>var problems = [];"
            + "addEventListener('error', function (e) { problems.push(String(e.message)); });"
            + "document.addEventListener('securitypolicyviolation', function (e) { problems.push(e.blockedURI); });"
            + "console.error = console.warn = function () { problems.push([].join.call(arguments, ' ')); };</script>";

    /** Runs after them. */
    private static final String TELL = "<script>var pre = document.createElement('pre'); pre.id = 'observed';"
            + "pre.textContent = JSON.stringify({problems: problems,"
            + " resources: performance.getEntriesByType('resource').map(function (e) { return e.name; }),"
            + " overflow: document.documentElement.scrollWidth - innerWidth,"
            + " paths: [].map.call(document.querySelectorAll('.chart'), function (e) {"
            + " return e.querySelectorAll('svg path').length; })}); document.body.appendChild(pre);</script>";

    @Test
    void aBrowserDrawsEveryChartAndAsksForNothingElse(@TempDir Path folder) throws Exception {
        JsonObject observed = open(folder, "1280,900");

        assertThat(observed.getAsJsonArray("problems")).isEmpty();
        assertThat(observed.getAsJsonArray("resources")).isEmpty();
        assertThat(observed.getAsJsonArray("paths")).hasSizeGreaterThan(10);
        for (JsonElement paths : observed.getAsJsonArray("paths")) {
            assertThat(paths.getAsInt()).isGreaterThan(3);
        }
    }

    @Test
    void onAPhoneNothingIsWiderThanTheScreen(@TempDir Path folder) throws Exception {
        assertThat(open(folder, "390,800").get("overflow").getAsInt()).isLessThanOrEqualTo(0);
    }

    @Test
    void whatFailedIsNamedAndEscaped(@TempDir Path folder) throws IOException {
        Path page = folder.resolve("report.html");
        HtmlReport.write(SampleReport.create(), page);
        assertThat(Files.readString(page)).contains("it &lt;hangs&gt; &amp; &quot;so on&quot;");
    }

    private static JsonObject open(Path folder, String window) throws Exception {
        Optional<Path> browser = browser();
        assumeTrue(browser.isPresent(), "no browser on the PATH, none of " + BROWSERS);
        Path page = folder.resolve("report.html");
        HtmlReport.write(SampleReport.create(), page);
        String html = Files.readString(page);
        // The last, because the library's own text has one too.
        int end = html.lastIndexOf("</body>");
        Files.writeString(page, html.substring(0, end).replaceFirst("</title>", "</title>" + OBSERVE) + TELL);
        Matcher observed = OBSERVED.matcher(dom(browser.orElseThrow(), page, folder, window));
        assertThat(observed.find()).as("the page's scripts ran").isTrue();
        return JsonParser.parseString(observed.group(1).replace("&amp;", "&")).getAsJsonObject();
    }

    private static String dom(Path browser, Path page, Path folder, String window) throws Exception {
        Path output = folder.resolve("dom.html");
        Process process = new ProcessBuilder(
                        browser.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--window-size=" + window,
                        "--dump-dom",
                        page.toUri().toString())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(90, TimeUnit.SECONDS))
                    .as("the browser ends")
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return Files.readString(output);
    }

    private static Optional<Path> browser() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .flatMap(folder -> BROWSERS.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
