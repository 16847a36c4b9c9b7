package io.holdfast.examples.orders;

import java.time.DateTimeException;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads "500ms", "30s", "1.5s", "2m", "1h" and their sums, as in "1m30s". */
final class DurationConverter implements ITypeConverter<Duration> {
    private static final int MAX_DIGITS = 12;

    @Override
    public Duration convert(String text) {
        if (text.matches("[0-9]{1," + MAX_DIGITS + "}ms")) {
            return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - "ms".length())));
        }
        try {
            if (text.matches("[0-9].*")) {
                return Duration.parse("PT" + text);
            }
        } catch (DateTimeException | ArithmeticException notADuration) {
            // Told below, as for all other texts.
        }
        throw new TypeConversionException("'" + text + "' is not a length of time such as 500ms, 30s or 2m");
    }
}
