package io.holdfast.testservers;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what other processes bring about, which nothing else tells of than asking again. */
final class Waiting {
    private static final Duration PAUSE = Duration.ofMillis(10);

    private Waiting() {}

    /**
     * Asks until there is an answer; a server that doesn't answer counts as none.
     *
     * @param limit for how long
     * @param what the thing waited for, for the message
     * @param question what to ask
     * @return the first answer
     * @throws IllegalStateException if there is none in time
     */
    static <T> T until(Duration limit, String what, Supplier<Optional<T>> question) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> answer = ask(question);
            if (answer.isPresent()) {
                return answer.get();
            }
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("waited " + limit.toSeconds() + " s in vain for " + what);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** Asks until the answer is yes, as above. */
    static void untilTrue(Duration limit, String what, Supplier<Boolean> question) {
        until(limit, what, () -> Optional.of(question.get()).filter(yes -> yes));
    }

    private static <T> Optional<T> ask(Supplier<Optional<T>> question) {
        try {
            return question.get();
        } catch (UncheckedIOException | RedisReplyException e) {
            return Optional.empty();
        }
    }
}
