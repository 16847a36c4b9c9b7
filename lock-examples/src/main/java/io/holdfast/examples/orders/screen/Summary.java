package io.holdfast.examples.orders.screen;

import io.holdfast.examples.orders.shop.Books;
import io.holdfast.examples.orders.shop.Outcome;
import io.holdfast.examples.orders.shop.Result;
import io.holdfast.examples.orders.shop.Story;
import io.holdfast.examples.orders.text.Text;
import java.io.PrintStream;
import java.util.Locale;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;

/** What the demo says in the end. */
public final class Summary {
    private static final int FAILURES_SHOWN = 5;
    private static final int LONGEST_FAILURE = 300;

    private final PrintStream out;
    private final Paint paint;
    private final boolean locked;
    private final int badRows;

    /**
     * Prepares a summary.
     *
     * @param out where to write
     * @param terminal what can be shown there
     * @param locked whether the workers used a lock
     * @param badRows how many rows of the file were no orders
     */
    public Summary(PrintStream out, Terminal terminal, boolean locked, int badRows) {
        this.out = out;
        this.paint = new Paint(terminal);
        this.locked = locked;
        this.badRows = badRows;
    }

    /**
     * Writes it.
     *
     * @param result what has come of the job
     */
    public void print(Result result) {
        out.println();
        printOrders(result);
        printUnits(result.books());
        if (result.waits().getTotalCount() > 0) {
            out.println();
            printWaits(result);
        }
        result.story().ifPresent(this::printStory);
        out.println();
        printChecks(result);
        if (!locked) {
            out.println();
            out.println("  " + paint.faint("./demo runs the same job with the lock"));
        }
        out.flush();
    }

    private void printOrders(Result result) {
        row("sold", result.last().sold(), "order", Text.count(result.books().sold(), "unit"));
        row("rejected", result.last().rejected(), "order", "out of stock");
        if (result.last().failed() > 0) {
            row("failed", result.last().failed(), "order", "among them:");
            result.failures().stream()
                    .limit(FAILURES_SHOWN)
                    .forEach(failure -> out.println("      " + Text.clipped(failure, LONGEST_FAILURE)));
        }
        if (badRows > 0) {
            row("malformed", badRows, "row", "told above, by line");
        }
        if (result.untouched() > 0) {
            row("untouched", result.untouched(), "order", "the job was stopped before their turn");
        }
    }

    private void printUnits(Books books) {
        if (books.oversold() > 0) {
            String ofItems = "of " + Text.count(books.oversoldItems(), "item") + ": sold, but never in stock";
            row("oversold", books.oversold(), "unit", paint.bad(ofItems));
        } else {
            row("oversold", 0, "unit", locked ? paint.faint("./demo --no-lock shows the difference") : "");
        }
        if (books.lost() > 0) {
            row("lost updates", books.lost(), "unit", paint.bad("sold, but a later write put them back"));
        }
    }

    private void row(String name, long count, String noun, String remark) {
        String counted = String.format(Locale.ROOT, "  %-13s%,10d %s", name, count, noun + (count == 1 ? "" : "s"));
        out.println(remark.isEmpty() ? counted : String.format(Locale.ROOT, "%-34s%s", counted, remark));
    }

    private void printWaits(Result result) {
        Histogram waits = result.waits();
        out.printf(
                "  %-18sp50 %s   p99 %s   longest %s%n",
                "waits for a lock",
                Text.time(waits.getValueAtPercentile(50)),
                Text.time(waits.getValueAtPercentile(99)),
                Text.time(waits.getMaxValue()));
        out.printf(
                "  %-18s%s   a lock passed from one worker to another%n",
                "hand-overs", Text.count(result.last().handOvers()));
    }

    private void printStory(Story story) {
        String did = story.outcome() == Outcome.SOLD ? "sells" : "rejects";
        out.println();
        out.println("  " + paint.strong("Worker A was paused past its lease, on purpose"));
        out.println("    A  gets the lock of " + Text.quoted(story.order().item()) + " by token "
                + paint.strong(Text.count(story.tokenOfA())) + " and is paused");
        out.println(
                "    B  gets it when A's lease of " + Text.time(story.lease().toNanos()) + " is over, by token "
                        + paint.strong(Text.count(story.tokenOfB())) + ", and " + did + " A's order");
        out.println("    A  wakes up and writes its sale: "
                + (story.lateWriteRefused()
                        ? paint.good("refused") + ", token " + Text.count(story.tokenOfA()) + " is older than "
                                + Text.count(story.tokenOfB())
                        : paint.bad("accepted, which must not be")));
    }

    private void printChecks(Result result) {
        Books books = result.books();
        boolean right = result.isRight();
        out.println("  " + (right ? paint.strong("The books balance") : paint.bad("The books do not balance")));
        check(result.ordersAddUp(), ordersSum(result));
        check(
                books.lost() == 0,
                Text.count(books.initial(), "unit") + (books.lost() == 0 ? " = " : " are not ")
                        + Text.count(books.left()) + " left + " + Text.count(books.sold()) + " sold, item by item");
        check(books.oversold() == 0, books.oversold() == 0 ? "no item oversold" : "items were oversold");
        if (locked) {
            OptionalLong left = result.locksLeft();
            String held = left.isPresent()
                    ? Text.count(left.getAsLong(), "lock") + " left behind"
                    : "the backend does not say which locks are left";
            check(left.orElse(1) == 0, held);
        }
    }

    private String ordersSum(Result result) {
        String sum = Text.count(result.last().orders() + badRows, "row") + " = "
                + Text.count(result.last().sold()) + " sold + "
                + Text.count(result.last().rejected()) + " rejected";
        sum += result.last().failed() > 0 ? " + " + Text.count(result.last().failed()) + " failed" : "";
        sum += badRows > 0 ? " + " + Text.count(badRows) + " malformed" : "";
        return sum + (result.untouched() > 0 ? " + " + Text.count(result.untouched()) + " untouched" : "");
    }

    private void check(boolean right, String what) {
        out.println("    " + paint.mark(right) + " " + what);
    }
}
