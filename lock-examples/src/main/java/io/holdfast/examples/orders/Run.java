package io.holdfast.examples.orders;

import io.holdfast.examples.orders.backend.Incident;
import io.holdfast.examples.orders.input.BadRow;
import io.holdfast.examples.orders.input.OrderFile;
import io.holdfast.examples.orders.screen.Progress;
import io.holdfast.examples.orders.screen.Summary;
import io.holdfast.examples.orders.screen.Terminal;
import io.holdfast.examples.orders.shop.Job;
import io.holdfast.examples.orders.shop.Result;
import io.holdfast.examples.orders.shop.Shop;
import io.holdfast.examples.orders.shop.Snapshot;
import io.holdfast.examples.orders.text.Text;
import java.io.PrintStream;
import java.time.Duration;

/** One run from the file to the summary. */
final class Run {
    static final int RIGHT = 0;
    static final int WRONG = 1;
    static final int INCOMPLETE = 3;

    private static final int BAD_ROWS_TOLD = 100;
    private static final Duration FRAME = Duration.ofMillis(100);

    private final PrintStream out;
    private final PrintStream err;
    private final Terminal terminal;
    private volatile boolean begun;
    private volatile boolean stopped;

    Run(PrintStream out, PrintStream err, Terminal terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** Makes the run end early, with a summary of what was done. Returns whether there is anything to sum up. */
    boolean stop() {
        stopped = true;
        return begun;
    }

    /** Runs to the end, and returns the exit code. */
    int sell(OrderFile file, Shop shop, int workers, String guardedBy, Incident incident) throws InterruptedException {
        tellBadRows(file);
        out.println("Holdfast demo: " + Text.count(file.orders().size(), "order") + ", " + Text.count(workers, "worker")
                + ", " + guardedBy);
        begun = true;
        Job job = Job.start(file.orders(), shop, workers);
        Progress progress = Progress.on(out, terminal);
        while (!job.awaitEnd(FRAME)) {
            if (stopped) {
                job.stop();
            }
            Snapshot now = job.snapshot();
            incident.at((double) now.done() / now.orders()).ifPresent(what -> progress.tell(now, what));
            progress.show(now);
        }
        Result result = job.result();
        progress.end(result.last());
        new Summary(out, terminal, shop.hasLocks(), file.badRows().size()).print(result);
        return exitCode(file, result);
    }

    private void tellBadRows(OrderFile file) {
        for (BadRow row :
                file.badRows().subList(0, Math.min(BAD_ROWS_TOLD, file.badRows().size()))) {
            err.println(file.name() + ":" + row.line() + ": " + row.reason());
        }
        int more = file.badRows().size() - BAD_ROWS_TOLD;
        if (more > 0) {
            err.println(file.name() + ": and " + Text.count(more, "more malformed row"));
        }
    }

    private static int exitCode(OrderFile file, Result result) {
        if (!result.isRight()) {
            return WRONG;
        }
        boolean complete = file.badRows().isEmpty() && result.failures().isEmpty() && result.untouched() == 0;
        return complete ? RIGHT : INCOMPLETE;
    }
}
