package io.holdfast.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class QuickStartTest {
    @Test
    void theTenLinesHoldAResource() throws InterruptedException {
        PrintStream screen = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, UTF_8));
        try {
            QuickStart.main(new String[0]);
        } finally {
            System.setOut(screen);
        }
        assertThat(printed.toString(UTF_8)).matches("I alone work on orders/42, by token [1-9][0-9]*\\R");
    }
}
