package io.holdfast.examples.orders.input;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Splits a text into rows, line by line, so that a stray quote spoils the row it is in and not the rest of the file: a
 * row goes on over the next lines only if it is well-formed that way.
 */
final class RowReader {
    private static final int MAX_LINES_PER_ROW = 100;
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setIgnoreSurroundingSpaces(true).get();

    private final List<String> lines;
    private final List<Order> orders = new ArrayList<>();
    private final List<BadRow> badRows = new ArrayList<>();
    private boolean atFirstRow = true;

    RowReader(String text) {
        String plain = text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
        this.lines = plain.lines().toList();
    }

    OrderFile read(String name) {
        int at = 0;
        while (at < lines.size()) {
            at += lines.get(at).isBlank() ? 1 : readRow(at);
        }
        return new OrderFile(name, List.copyOf(orders), List.copyOf(badRows));
    }

    /** Reads the row that begins at this line, and returns how many lines it took. */
    private int readRow(int at) {
        Optional<CSVRecord> oneLine = parse(lines.get(at));
        if (oneLine.isPresent()) {
            take(at, oneLine.get());
            return 1;
        }
        int end = closingLine(at) + 1;
        Optional<CSVRecord> severalLines = parse(String.join("\n", lines.subList(at, end)));
        if (severalLines.isPresent() && severalLines.get().size() == OrderRow.COLUMNS) {
            take(at, severalLines.get());
            return end - at;
        }
        badRows.add(new BadRow(at + 1, "a quote is never closed, or is followed by text"));
        return 1;
    }

    private void take(int at, CSVRecord row) {
        boolean header = atFirstRow && OrderRow.isHeader(row);
        atFirstRow = false;
        if (header) {
            return;
        }
        try {
            orders.add(OrderRow.toOrder(row));
        } catch (IllegalArgumentException notAnOrder) {
            badRows.add(new BadRow(at + 1, String.valueOf(notAnOrder.getMessage())));
        }
    }

    /** The line at which all quotes since the given line are closed; the given one if there is none near. */
    private int closingLine(int at) {
        long quotes = 0;
        int limit = Math.min(lines.size(), at + MAX_LINES_PER_ROW);
        for (int line = at; line < limit; line++) {
            quotes += lines.get(line).chars().filter(c -> c == '"').count();
            if (quotes % 2 == 0) {
                return line;
            }
        }
        return at;
    }

    private static Optional<CSVRecord> parse(String text) {
        try (CSVParser parser = FORMAT.parse(new StringReader(text))) {
            List<CSVRecord> rows = parser.getRecords();
            return rows.size() == 1 ? Optional.of(rows.get(0)) : Optional.empty();
        } catch (IOException | UncheckedIOException malformed) {
            return Optional.empty();
        }
    }
}
