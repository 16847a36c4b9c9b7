package io.holdfast.conformance.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * What the checker says of a history. A wrong one fails with a timeline as text, and is drawn into
 * {@code target/histories}.
 */
public final class Verdict {
    private static final Path FOLDER = Path.of("target", "histories");

    private final Collection<Call> history;
    private final List<Violation> violations;

    private Verdict(Collection<Call> history, List<Violation> violations) {
        this.history = history;
        this.violations = violations;
    }

    /**
     * Judges a history.
     *
     * @param rules what the store promises
     * @param history the calls of all processes
     * @return what the checker says
     */
    public static Verdict of(Rules rules, Collection<Call> history) {
        return new Verdict(history, new HistoryChecker(rules).check(history));
    }

    /**
     * What is wrong, or could not be judged.
     *
     * @return the broken promises; empty if the history is right
     */
    public List<Violation> violations() {
        return violations;
    }

    /**
     * Fails unless the history is right.
     *
     * @throws AssertionError if a promise is broken, with a timeline for each; the pictures are in
     *     {@code target/histories}
     */
    public void assertCorrect() {
        assertEmpty(violations);
    }

    /**
     * Fails if the history is wrong, but not if the search for an explanation was given up as too long. This is for histories with many
     * calls that went unanswered, each of which may have taken effect at any later time or never.
     *
     * @throws AssertionError as for {@link #assertCorrect()}
     */
    public void assertNotWrong() {
        assertEmpty(violations.stream().filter(Violation::certain).toList());
    }

    private void assertEmpty(List<Violation> found) {
        if (found.isEmpty()) {
            return;
        }
        StringBuilder message = new StringBuilder();
        for (int i = 0; i < found.size(); i++) {
            Timeline timeline = new Timeline(found.get(i), history);
            message.append(timeline.text())
                    .append("drawn in ")
                    .append(draw(i, timeline))
                    .append("\n\n");
        }
        throw new AssertionError(message);
    }

    private static Path draw(int number, Timeline timeline) {
        try {
            Files.createDirectories(FOLDER);
            return Files.writeString(FOLDER.resolve("violation-" + number + ".svg"), timeline.svg());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
