package io.holdfast.conformance.simulation;

import java.util.List;

/**
 * What came of a run.
 *
 * @param violations what the contract forbids and yet happened
 * @param trace all that happened, if it was asked for
 */
record RunResult(List<String> violations, List<String> trace) {
    /** Lets a run happen; what it throws is a violation, too. */
    static RunResult of(World world, Violations violations, Runnable run) {
        try {
            run.run();
        } catch (RuntimeException thrown) {
            violations.add("thrown: " + describe(thrown));
        }
        return new RunResult(violations.found(), world.trace());
    }

    private static String describe(RuntimeException thrown) {
        StackTraceElement[] stack = thrown.getStackTrace();
        return thrown + (stack.length == 0 ? "" : " at " + stack[0]);
    }

    String timeline() {
        return String.join("\n", trace) + "\n";
    }
}
