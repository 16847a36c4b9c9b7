package io.holdfast.examples.orders.screen;

import io.holdfast.examples.orders.shop.Snapshot;
import io.holdfast.examples.orders.shop.WorkerState.Phase;
import io.holdfast.examples.orders.text.Text;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** One line each second, for files and pipes. */
final class PlainProgress implements Progress {
    private final PrintStream out;
    private long shownSeconds;

    PlainProgress(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(Snapshot now) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(now.elapsedNanos());
        if (seconds > shownSeconds) {
            shownSeconds = seconds;
            print(now);
        }
    }

    @Override
    public void tell(Snapshot now, String what) {
        out.printf(Locale.ROOT, "  %5.1f s   %s%n", now.elapsedNanos() / 1e9, what);
    }

    @Override
    public void end(Snapshot last) {
        print(last);
    }

    private void print(Snapshot now) {
        out.printf(
                Locale.ROOT,
                "  %5.1f s   %s of %s   %s/s   %d of %s waiting   %s oversold%n",
                now.elapsedNanos() / 1e9,
                Text.count(now.done()),
                Text.count(now.orders(), "order"),
                Text.count(now.perSecond()),
                now.workersIn(Phase.WAITING),
                Text.count(now.workers().size()),
                Text.count(now.oversold()));
    }
}
