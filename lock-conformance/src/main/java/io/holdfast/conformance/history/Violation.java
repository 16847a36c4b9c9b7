package io.holdfast.conformance.history;

import java.util.List;

/**
 * A promise that a history breaks.
 *
 * @param rule the promise's name
 * @param explanation what happened
 * @param calls the calls that show it
 */
public record Violation(String rule, String explanation, List<Call> calls) {
    @Override
    public String toString() {
        return rule + ": " + explanation;
    }
}
