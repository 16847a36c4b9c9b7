package io.holdfast.conformance.history;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A history as text, one line for each thing that became known of a call: the last line of a call counts. A process that
 * is killed leaves its journal behind, with the calls that were under way.
 */
public final class Journal {
    private static final int FIELDS = 13;

    private Journal() {}

    static String line(long number, Call call) {
        return String.join(
                " ",
                Long.toString(number),
                encode(call.process()),
                call.kind().name(),
                Long.toString(call.request()),
                encode(call.resource()),
                encode(call.client()),
                Long.toString(call.token()),
                Long.toString(call.leaseNanos()),
                Long.toString(call.waitNanos()),
                Long.toString(call.startedAt()),
                Long.toString(call.queuedAt()),
                Long.toString(call.endedAt()),
                call.outcome().name());
    }

    /**
     * Reads the journal of one JVM, with one or several processes in the sense of the history: each numbers its own calls.
     *
     * @param lines its lines; the last may be incomplete, as of a process that was killed while it wrote
     * @return the calls, each as it was last known
     */
    public static List<Call> read(List<String> lines) {
        Map<String, Call> calls = new LinkedHashMap<>();
        for (String line : lines) {
            String[] fields = line.split(" ", -1);
            if (fields.length == FIELDS && isComplete(fields[FIELDS - 1])) {
                calls.put(fields[1] + " " + fields[0], call(fields));
            }
        }
        return new ArrayList<>(calls.values());
    }

    private static boolean isComplete(String outcome) {
        for (Outcome known : Outcome.values()) {
            if (known.name().equals(outcome)) {
                return true;
            }
        }
        return false;
    }

    private static Call call(String[] fields) {
        return new Call(
                decode(fields[1]),
                Kind.valueOf(fields[2]),
                Long.parseLong(fields[3]),
                decode(fields[4]),
                decode(fields[5]),
                Long.parseLong(fields[6]),
                Long.parseLong(fields[7]),
                Long.parseLong(fields[8]),
                Long.parseLong(fields[9]),
                Long.parseLong(fields[10]),
                Long.parseLong(fields[11]),
                Outcome.valueOf(fields[12]));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
