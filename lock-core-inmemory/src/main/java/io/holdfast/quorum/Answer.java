package io.holdfast.quorum;

import io.holdfast.LockBackendException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one member said to a question that went to all.
 *
 * @param value its answer, or null if there is none
 * @param failure why there is none
 */
record Answer<T>(@Nullable T value, @Nullable LockBackendException failure) {
    boolean isThere() {
        return value != null;
    }

    static long count(List<? extends Answer<?>> answers) {
        return answers.stream().filter(Answer::isThere).count();
    }

    /** All failures as one; its outcome is known if all of theirs are. */
    static LockBackendException failure(String what, List<? extends Answer<?>> answers) {
        List<LockBackendException> failures = answers.stream()
                .flatMap(answer -> Optional.ofNullable(answer.failure()).stream())
                .toList();
        return LockBackendExceptions.of(what, failures, count(answers) > 0);
    }
}
