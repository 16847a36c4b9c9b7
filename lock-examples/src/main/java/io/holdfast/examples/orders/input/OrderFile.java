package io.holdfast.examples.orders.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What a file of orders holds. Every row is in one of the two lists.
 *
 * @param name how the file is called in messages
 * @param orders the good rows, in the file's order
 * @param badRows the others
 */
public record OrderFile(String name, List<Order> orders, List<BadRow> badRows) {
    private static final String SHIPPED = "orders.csv";

    /**
     * Reads a file.
     *
     * @param file comma-separated, in UTF-8
     * @return its rows
     * @throws IOException if the file can't be read
     */
    public static OrderFile read(Path file) throws IOException {
        return parse(file.toString(), Files.readAllBytes(file));
    }

    /**
     * Reads the file that comes with the example.
     *
     * @return its rows
     */
    public static OrderFile shipped() {
        try (InputStream in = OrderFile.class.getResourceAsStream("/" + SHIPPED)) {
            return parse(SHIPPED, Objects.requireNonNull(in, SHIPPED).readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static OrderFile parse(String name, byte[] bytes) {
        // Bytes that aren't UTF-8 become U+FFFD, for which the row is refused: the rest of the file can still be read.
        return new RowReader(new String(bytes, StandardCharsets.UTF_8)).read(name);
    }
}
