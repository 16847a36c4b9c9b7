package io.holdfast.examples.orders.screen;

import java.util.Map;

/**
 * Where the demo writes, and what can be shown there.
 *
 * @param live whether lines may be drawn over and coloured
 * @param unicode whether it can show more than ASCII
 * @param columns its width in characters
 * @param rows its height in lines
 */
public record Terminal(boolean live, boolean unicode, int columns, int rows) {
    private static final int LEAST_COLUMNS = 60;
    private static final int LEAST_ROWS = 10;

    /**
     * Finds out what the demo writes to.
     *
     * @param size columns and rows, as in "80x24"; empty if it isn't a terminal. The start script knows: Java 17 can
     *     only ask for input and output together.
     * @param environment the environment variables: NO_COLOR, or a TERM that is dumb, ask for plain lines
     * @param charset the name of the encoding in which the system writes
     * @return what can be shown
     */
    public static Terminal detect(String size, Map<String, String> environment, String charset) {
        boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty()
                || environment.getOrDefault("TERM", "dumb").equals("dumb");
        if (plain || !size.matches("[0-9]{1,4}x[0-9]{1,4}")) {
            return plain();
        }
        int by = size.indexOf('x');
        int columns = Integer.parseInt(size.substring(0, by));
        int rows = Integer.parseInt(size.substring(by + 1));
        boolean roomy = columns >= LEAST_COLUMNS && rows >= LEAST_ROWS;
        return roomy ? new Terminal(true, charset.equalsIgnoreCase("UTF-8"), columns, rows) : plain();
    }

    /**
     * A file, a pipe, or a terminal that isn't to be drawn on.
     *
     * @return plain lines of ASCII
     */
    public static Terminal plain() {
        return new Terminal(false, false, 80, 24);
    }
}
