package io.holdfast.conformance.model;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Holds a backend against the lock table, the executable specification: random sequences of commands by three clients
 * over two connections, with time that passes between them, compared after each step.
 *
 * <p>In a store with a clock of its own, a lease may end so near to a command that nobody can say which came first. The
 * rest of such a sequence says nothing, and is left out. Nor does a difference after this process has stood still for half of the
 * fixture's slack, which may come of that: such a sequence is run again, and differs if it does so each time.
 *
 * <p>Immutable, and safe for use by several threads if the fixture is.
 */
public final class ModelCheck {
    private static final int SHRINKING_TRIES = 3_000;
    /** A defect shows each time, or at a time at which this process doesn't stand still. */
    private static final int MOST_EXCUSES = 3;

    private static final Duration SHRINKING_TIME = Duration.ofMinutes(2);
    /** Longer than a sequence takes in which no time is to pass. */
    private static final Duration STILL = Duration.ofMinutes(1);

    private static final AtomicLong RUNS = new AtomicLong();

    private final BackendFixture fixture;
    private final boolean timed;
    private final int atATime;

    /**
     * Makes a check.
     *
     * @param fixture the backend; may serve any number of sequences
     */
    public ModelCheck(BackendFixture fixture) {
        this(fixture, true, 1);
    }

    private ModelCheck(BackendFixture fixture, boolean timed, int atATime) {
        this.fixture = fixture;
        this.timed = timed;
        this.atATime = atATime;
    }

    /**
     * A check like this whose sequences let no time pass: no lease ends by itself, but a store with a clock of its own
     * is asked as quickly as it answers.
     *
     * @return a new check
     */
    public ModelCheck withoutTime() {
        return new ModelCheck(fixture, false, atATime);
    }

    /**
     * A check like this that runs several sequences at the same time, each on names of its own. While one lets time pass
     * in a store with a clock of its own, the others go on. For fixtures whose time the test owns, it is of no use.
     *
     * @param sequences how many; each has a thread and two connections
     * @return a new check
     */
    public ModelCheck atATime(int sequences) {
        return new ModelCheck(fixture, timed, sequences);
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
        AtomicLong next = new AtomicLong(firstSeed);
        AtomicBoolean differs = new AtomicBoolean();
        Callable<Long> worker = () -> work(next, firstSeed + sequences, differs);
        ExecutorService threads = Executors.newFixedThreadPool(atATime);
        try {
            long steps = 0;
            List<Future<Long>> work = new ArrayList<>();
            for (int i = 0; i < atATime; i++) {
                work.add(threads.submit(worker));
            }
            for (Future<Long> done : work) {
                steps += done.get();
            }
            return steps;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof AssertionError difference) {
                throw difference;
            }
            throw new IllegalStateException("a sequence failed", failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Runs one sequence after the other, until there are no more or one differs. */
    private long work(AtomicLong next, long end, AtomicBoolean differs) {
        long steps = 0;
        try (Connections connections = new Connections(fixture)) {
            for (long seed = next.getAndIncrement(); seed < end && !differs.get(); seed = next.getAndIncrement()) {
                List<Command> commands = new Generator(seed, isExact(), timed).sequence();
                Outcome outcome = judge(commands, connections);
                if (outcome.difference().isPresent()) {
                    differs.set(true);
                    String first = outcome.difference().get();
                    throw new AssertionError(
                            "seed " + seed + ": " + describe(shrink(commands, connections), connections, first));
                }
                steps += outcome.steps();
            }
        }
        return steps;
    }

    /** Runs a sequence, and again if nobody can say whose fault it is that it differs. */
    private Outcome judge(List<Command> commands, Connections connections) {
        Outcome outcome = run(commands, connections);
        for (int i = 0; i < MOST_EXCUSES && outcome.isExcused(); i++) {
            outcome = run(commands, connections);
        }
        return outcome;
    }

    private boolean isExact() {
        return fixture.slack().isZero();
    }

    /** Where no time is to pass, leases are so long that none does. */
    private Duration unit(List<Command> commands) {
        boolean passes = commands.stream().anyMatch(Command.Pass.class::isInstance);
        return passes ? fixture.shortestLease() : STILL;
    }

    private List<Command> shrink(List<Command> commands, Connections connections) {
        long end = System.nanoTime() + SHRINKING_TIME.toNanos();
        return new Shrinker(
                        shorter -> System.nanoTime() - end < 0
                                && judge(shorter, connections).difference().isPresent(),
                        SHRINKING_TRIES)
                .shrink(commands);
    }

    private String describe(List<Command> commands, Connections connections, String first) {
        String difference = judge(commands, connections)
                .difference()
                .orElse("it didn't fail when it was run again; the first time, " + first);
        String calls = commands.stream()
                .map(command -> "            " + command.java() + "\n")
                .collect(Collectors.joining());
        return difference + "\n\n    @Test\n    void backendDoesWhatTheLockTableDoes() {\n        Sequence.begin()\n"
                + calls + "            .run(fixture);\n    }\n";
    }

    Outcome run(List<Command> commands) {
        try (Connections connections = new Connections(fixture)) {
            return judge(commands, connections);
        }
    }

    private Outcome run(List<Command> commands, Connections connections) {
        String prefix = "model-" + RUNS.incrementAndGet() + "-" + System.nanoTime() + "-";
        try (ModelRun run = new ModelRun(fixture, connections.all, prefix, unit(commands))) {
            return run.run(commands);
        }
    }

    /**
     * What came of a sequence.
     *
     * @param steps how many steps were compared
     * @param difference where the backend differed, if it did
     * @param stoodStill whether that may come of this process having stood still
     */
    record Outcome(int steps, Optional<String> difference, boolean stoodStill) {
        boolean isExcused() {
            return difference.isPresent() && stoodStill;
        }
    }

    /** Two processes, as the store sees it. */
    private static final class Connections implements AutoCloseable {
        final List<LockBackend> all;

        Connections(BackendFixture fixture) {
            this.all = List.of(fixture.connect(), fixture.connect());
        }

        @Override
        public void close() {
            all.forEach(LockBackend::close);
        }
    }
}
