package io.holdfast.conformance.history;

import java.util.List;

/**
 * A promise that a history breaks, or may break.
 *
 * @param rule the promise's name
 * @param explanation what happened
 * @param calls the calls that show it
 * @param certain false if the search for a right explanation was given up as too long, so that nothing is known
 */
public record Violation(String rule, String explanation, List<Call> calls, boolean certain) {
    Violation(String rule, String explanation, List<Call> calls) {
        this(rule, explanation, calls, true);
    }

    @Override
    public String toString() {
        return rule + ": " + explanation;
    }
}
