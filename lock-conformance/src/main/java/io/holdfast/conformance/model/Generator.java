package io.holdfast.conformance.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes sequences of commands. The same seed makes the same sequence. */
final class Generator {
    private static final List<String> CLIENTS = List.of("a", "b", "c");
    private static final List<String> RESOURCES = List.of("x", "x", "y");
    private static final List<Integer> WAITS = List.of(0, 0, 1, 2, 4);
    private static final int LONGEST = 30;
    private static final int MOST_PASSES = 5;
    /** Odd enough that the sum of a few passes is never near a whole number of units, where leases end; nor a quarter later. */
    private static final int ODD = 43;

    private final Random random;
    private final boolean exact;
    private final boolean timed;
    private int requests;
    private int passes;

    /**
     * Makes a generator.
     *
     * @param exact whether time may pass to the very end of a lease
     * @param timed whether time may pass at all
     */
    Generator(long seed, boolean exact, boolean timed) {
        this.random = new Random(seed);
        this.exact = exact;
        this.timed = timed;
    }

    List<Command> sequence() {
        List<Command> commands = new ArrayList<>();
        for (int length = 2 + random.nextInt(LONGEST - 1); length > 0; length--) {
            commands.add(command());
        }
        return commands;
    }

    private Command command() {
        int choice = random.nextInt(100);
        if (choice < 36 || requests == 0) {
            return new Command.Acquire(
                    ++requests, oneOf(CLIENTS), oneOf(RESOURCES), 1 + random.nextInt(3), oneOf(WAITS));
        }
        if (timed && choice < 52 && passes < MOST_PASSES) {
            passes++;
            return new Command.Pass(random.nextInt(3) * 100 + (exact && random.nextBoolean() ? 50 : ODD));
        }
        if (choice < 62) {
            return new Command.Withdraw(request());
        }
        if (choice < 72) {
            return new Command.Release(oneOf(CLIENTS), oneOf(RESOURCES));
        }
        if (choice < 80) {
            return new Command.ReleaseHold(request());
        }
        if (choice < 86) {
            return new Command.Renew(oneOf(CLIENTS), oneOf(RESOURCES));
        }
        if (choice < 91) {
            return new Command.RenewHold(request());
        }
        return choice < 95 ? new Command.Again(request()) : new Command.Inspect(oneOf(RESOURCES));
    }

    private int request() {
        return 1 + random.nextInt(requests);
    }

    private <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
