package io.holdfast.conformance.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a store may do. Where time stands still while a test works, that is one model. A store with a clock of its own
 * ends a lease or a wait a little early or late: there are four models then, with leases and waits that are as short
 * and as long as they may be. What they agree on is what the store must do; where they differ, nobody can say.
 */
final class Models {
    /** Rounding, and the time from the store's answer to the test's clock. */
    private static final int EARLY_PARTS = 12;

    private final List<Model> models;
    private final long longestCommand;
    private final long longestStall;

    /**
     * Makes the models.
     *
     * @param now the present moment
     * @param unit the shortest lease, in nanoseconds
     * @param slack how late a lease may end in the store, in nanoseconds; 0 if time stands still while a test works
     */
    Models(long now, long unit, long slack) {
        long early = -unit / EARLY_PARTS;
        long late = Math.max(slack, -early);
        this.models = slack == 0
                ? List.of(new Model(now, 0, 0))
                : List.of(
                        new Model(now, early, early),
                        new Model(now, early, late),
                        new Model(now, late, early),
                        new Model(now, late, late));
        // The half, since a stall is noticed by timers, which are a little late themselves.
        this.longestStall = late / 2;
        this.longestCommand = slack == 0 ? Long.MAX_VALUE : -early / 2;
    }

    /** Tells whether a command was quick enough to say at which moment it was carried out. */
    boolean canPlace(long before, long after) {
        return after - before <= longestCommand;
    }

    /** Tells whether what the store did may still be judged after this process has stood still for a while. */
    boolean allowFor(Duration stall) {
        return stall.toNanos() <= longestStall;
    }

    void passTo(long moment) {
        models.forEach(model -> model.passTo(moment));
    }

    /**
     * Asks each model.
     *
     * @return their answer; nothing if they differ
     */
    <T> Optional<T> ask(Function<Model, T> question) {
        return agreed(models.stream().map(question).toList());
    }

    /**
     * Asks each model for what can't be compared as it is.
     *
     * @param words in which answers are compared
     * @return one of their answers; nothing if they differ
     */
    <T> Optional<T> ask(Function<Model, T> question, Function<T, ?> words) {
        List<T> answers = models.stream().map(question).toList();
        return agreed(answers.stream().map(words).toList()).map(same -> answers.get(0));
    }

    private static <T> Optional<T> agreed(List<T> answers) {
        T first = answers.get(0);
        return answers.stream().allMatch(first::equals) ? Optional.of(first) : Optional.empty();
    }
}
