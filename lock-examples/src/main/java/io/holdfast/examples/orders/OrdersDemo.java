package io.holdfast.examples.orders;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.examples.orders.screen.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

/** The program behind {@code ./demo}; {@code ./demo --help} says what it can do. */
public final class OrdersDemo {
    private static final int SECONDS_TO_STOP = 5;

    private OrdersDemo() {}

    /**
     * Runs the demo and ends the virtual machine.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        // What the libraries log in other ways goes where all else goes, and not on the screen.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        Charset charset = Charset.forName(System.getProperty("native.encoding", "US-ASCII"));
        Terminal terminal =
                Terminal.detect(System.getProperty("holdfast.terminal", ""), System.getenv(), charset.name());
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, charset);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, charset);
        Run run = new Run(out, err, terminal);
        CountDownLatch finished = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(run, finished)));
        int exitCode = commandLine(run, out, err, terminal).execute(args);
        out.flush();
        finished.countDown();
        System.exit(exitCode);
    }

    /** On Ctrl-C: the main thread releases all locks and prints its summary; the virtual machine ends after that. */
    private static void stop(Run run, CountDownLatch finished) {
        if (!run.stop()) {
            return;
        }
        try {
            finished.await(SECONDS_TO_STOP, TimeUnit.SECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    static CommandLine commandLine(Run run, PrintStream out, PrintStream err, Terminal terminal) {
        return new CommandLine(new OrdersCommand(run))
                .setOut(new PrintWriter(out, true, UTF_8))
                .setErr(new PrintWriter(err, true, UTF_8))
                .setColorScheme(Help.defaultColorScheme(terminal.live() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(terminal.columns())
                .setParameterExceptionHandler((refused, args) -> refuse(err, String.valueOf(refused.getMessage())));
    }

    private static int refuse(PrintStream err, String why) {
        err.println("demo: " + why + " (./demo --help tells more)");
        return CommandLine.ExitCode.USAGE;
    }
}
