package io.holdfast.examples.orders.screen;

import io.holdfast.examples.orders.shop.Snapshot;
import io.holdfast.examples.orders.shop.WorkerState;
import io.holdfast.examples.orders.shop.WorkerState.Phase;
import io.holdfast.examples.orders.text.Text;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A picture of the job that is drawn over again and again: a bar, the counts, and what each worker is doing. */
final class LiveProgress implements Progress {
    private static final String ESC = "\u001B[";
    private static final String HIDE_CURSOR = ESC + "?25l";
    private static final String SHOW_CURSOR = ESC + "?25h";
    /** Long lines are cut and not continued, so that the picture keeps its height when the window gets narrower. */
    private static final String NO_WRAP = ESC + "?7l";

    private static final String WRAP = ESC + "?7h";
    private static final String ERASE_BELOW = ESC + "J";
    private static final String ERASE_REST_OF_LINE = ESC + "K";
    private static final int NARROW_CELL = 19;
    private static final int WIDE_CELL = 26;
    private static final int WIDE_TERMINAL = 100;
    private static final int MAX_CELL_LINES = 6;
    private static final int OTHER_LINES = 7;

    private final PrintStream out;
    private final Terminal terminal;
    private final Paint paint;
    private int drawn;

    LiveProgress(PrintStream out, Terminal terminal) {
        this.out = out;
        this.terminal = terminal;
        this.paint = new Paint(terminal);
    }

    @Override
    public void show(Snapshot now) {
        List<String> picture = new ArrayList<>(head(now));
        picture.add("");
        picture.addAll(cells(now.workers()));
        if (!now.scene().isEmpty()) {
            picture.add("");
            picture.add("  " + paint.busy(Text.clipped(now.scene(), terminal.columns() - 2)));
        }
        draw(HIDE_CURSOR + NO_WRAP, picture, "");
    }

    /** What is told takes the place of the picture, which is drawn again below it. */
    @Override
    public void tell(Snapshot now, String what) {
        String line = String.format(Locale.ROOT, "  %.1f s  %s", now.elapsedNanos() / 1e9, what);
        draw(HIDE_CURSOR + NO_WRAP, List.of(paint.strong(Text.clipped(line, terminal.columns()))), "");
        drawn = 0;
    }

    @Override
    public void end(Snapshot last) {
        draw("", head(last), WRAP + SHOW_CURSOR);
    }

    private void draw(String before, List<String> picture, String after) {
        StringBuilder frame = new StringBuilder(before);
        if (drawn > 0) {
            frame.append(ESC).append(drawn).append('A');
        }
        picture.forEach(line ->
                frame.append('\r').append(line).append(ERASE_REST_OF_LINE).append('\n'));
        out.print(frame.append(ERASE_BELOW).append(after));
        out.flush();
        drawn = picture.size();
    }

    private List<String> head(Snapshot now) {
        String oversold = "oversold " + Text.count(now.oversold());
        String counts = "  sold " + Text.count(now.sold()) + "   rejected " + Text.count(now.rejected()) + "   "
                + (now.oversold() == 0 ? oversold : paint.bad(oversold)) + "   waiting "
                + now.workersIn(Phase.WAITING) + "   hand-overs " + Text.count(now.handOvers());
        return List.of(bar(now), counts);
    }

    private String bar(Snapshot now) {
        double share = now.orders() == 0 ? 1 : (double) now.done() / now.orders();
        String done = "  " + Text.count(now.done()) + " of " + Text.count(now.orders(), "order") + "  ";
        String speed = String.format(
                Locale.ROOT,
                " %3.0f%%  %s/s  %.1f s",
                Math.floor(share * 100),
                Text.count(now.perSecond()),
                now.elapsedNanos() / 1e9);
        int width = Math.max(0, terminal.columns() - done.length() - speed.length() - 2);
        int filled = (int) (share * width);
        return paint.strong(done)
                + paint.good(paint.sign("━", "#").repeat(filled))
                + paint.faint(paint.sign("─", "-").repeat(width - filled))
                + speed;
    }

    private List<String> cells(List<WorkerState> workers) {
        int perLine = (terminal.columns() - 2) / cellWidth();
        int lines = Math.max(1, Math.min(MAX_CELL_LINES, terminal.rows() - OTHER_LINES));
        List<String> cells = new ArrayList<>();
        for (int from = 0; from < workers.size() && cells.size() < lines; from += perLine) {
            StringBuilder line = new StringBuilder("  ");
            workers.subList(from, Math.min(workers.size(), from + perLine)).forEach(w -> line.append(cell(w)));
            cells.add(line.toString());
        }
        int hidden = workers.size() - perLine * cells.size();
        if (hidden > 0) {
            cells.add("  and " + Text.count(hidden, "worker") + " more");
        }
        return cells;
    }

    private int cellWidth() {
        return terminal.columns() < WIDE_TERMINAL ? NARROW_CELL : WIDE_CELL;
    }

    private String cell(WorkerState worker) {
        String item = Text.clipped(worker.item(), cellWidth() - 4);
        String padding = " ".repeat(cellWidth() - 2 - item.codePointCount(0, item.length()));
        return switch (worker.phase()) {
            case WORKING -> paint.good(paint.sign("●", "*") + " " + item) + padding;
            case WAITING -> paint.busy(paint.sign("○", "o")) + " " + paint.faint(item) + padding;
            case IDLE -> paint.faint(paint.sign("·", ".")) + " " + padding;
        };
    }
}
