package io.holdfast.conformance.model;

import io.holdfast.conformance.BackendFixture;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Holds a backend against the lock table, the executable specification: random sequences of commands by three clients
 * over two connections, with time that passes between them, compared after each step.
 *
 * <p>In a store with a clock of its own, a lease may end so near to a command that nobody can say which came first. The
 * rest of such a sequence says nothing, and is left out.
 */
public final class ModelCheck {
    private static final int SHRINKING_TRIES = 3_000;
    private static final int SHRINKING_TRIES_IN_REAL_TIME = 150;

    private final BackendFixture fixture;
    private final boolean exact;
    private int runs;

    /**
     * Makes a check.
     *
     * @param fixture the backend; may serve any number of sequences
     */
    public ModelCheck(BackendFixture fixture) {
        this.fixture = fixture;
        this.exact = fixture.slack().isZero();
    }

    /**
     * Runs many sequences.
     *
     * @param firstSeed the first one's seed; each has the next number
     * @param sequences how many
     * @return how many steps were compared
     * @throws AssertionError if the backend differs from the lock table, with a short sequence that shows it, as a test
     */
    public long check(long firstSeed, int sequences) {
        long steps = 0;
        for (long seed = firstSeed; seed < firstSeed + sequences; seed++) {
            List<Command> commands = new Generator(seed, exact).sequence();
            Outcome outcome = run(commands);
            if (outcome.difference().isPresent()) {
                throw new AssertionError("seed " + seed + ": " + describe(shrink(commands)));
            }
            steps += outcome.steps();
        }
        return steps;
    }

    private List<Command> shrink(List<Command> commands) {
        int tries = exact ? SHRINKING_TRIES : SHRINKING_TRIES_IN_REAL_TIME;
        return new Shrinker(shorter -> run(shorter).difference().isPresent(), tries).shrink(commands);
    }

    private String describe(List<Command> commands) {
        String difference = run(commands).difference().orElse("it didn't fail when it was run again");
        String calls = commands.stream()
                .map(command -> "            " + command.java() + "\n")
                .collect(Collectors.joining());
        return difference + "\n\n    @Test\n    void backendDoesWhatTheLockTableDoes() {\n        Sequence.begin()\n"
                + calls + "            .run(fixture);\n    }\n";
    }

    Outcome run(List<Command> commands) {
        try (ModelRun run = new ModelRun(fixture, "model-" + ++runs + "-" + System.nanoTime() + "-")) {
            return run.run(commands);
        }
    }

    /**
     * What came of a sequence.
     *
     * @param steps how many steps were compared
     * @param difference where the backend differed, if it did
     */
    record Outcome(int steps, Optional<String> difference) {}
}
