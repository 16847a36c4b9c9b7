package io.holdfast.examples.orders.input;

import io.holdfast.Names;
import io.holdfast.examples.orders.text.Text;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.csv.CSVRecord;

/** Makes an order of one row's columns, or says why there is none in it. */
final class OrderRow {
    static final int COLUMNS = 4;

    private static final int QUANTITY = 2;
    private static final Set<String> NAMES_OF_THE_QUANTITY = Set.of("quantity", "qty", "amount", "count", "units");
    private static final int MAX_DIGITS = 10;

    private OrderRow() {}

    /** Whether a file's first row is a header: its third column then has a name for a quantity. */
    static boolean isHeader(CSVRecord row) {
        return row.size() > QUANTITY
                && NAMES_OF_THE_QUANTITY.contains(row.get(QUANTITY).strip().toLowerCase(Locale.ROOT));
    }

    static Order toOrder(CSVRecord row) {
        require(row.size() == COLUMNS, "has " + columns(row.size()) + " instead of " + COLUMNS);
        for (String column : row) {
            require(column.indexOf('\uFFFD') < 0, "is not UTF-8 text");
        }
        String id = row.get(0).strip();
        String item = row.get(1).strip();
        require(!id.isEmpty(), "the order's id is empty");
        require(!item.isEmpty(), "the item is empty");
        Names.require(Order.resource(item), "the item, as a lock's name,");
        return new Order(
                id, item, quantity(row.get(QUANTITY).strip()), row.get(3).strip());
    }

    private static int quantity(String text) {
        String digits = text.replaceFirst("^0+", "");
        boolean whole = text.matches("[0-9]+") && digits.length() <= MAX_DIGITS;
        long value = whole && !digits.isEmpty() ? Long.parseLong(digits) : 0;
        require(
                value > 0 && value <= Order.MAX_QUANTITY,
                String.format(
                        Locale.ROOT,
                        "the quantity must be a whole number from 1 to %,d, but is %s",
                        Order.MAX_QUANTITY,
                        Text.quoted(text)));
        return (int) value;
    }

    private static String columns(int count) {
        return count == 1 ? "1 column" : count + " columns";
    }

    private static void require(boolean fine, String otherwise) {
        if (!fine) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
