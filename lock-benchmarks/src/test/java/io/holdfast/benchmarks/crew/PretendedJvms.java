package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.contestants.Contestant;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** JVMs of which each does any task in the same time, by a clock of their own, with an outcome that the test has given. */
final class PretendedJvms implements Crews.Starts {
    static final int TASK_MILLIS = 5_000;
    private static final int PROCESSOR_MILLIS = 1_000;

    final List<Jvm> started = new ArrayList<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private Runnable before = () -> {};
    private long now;

    /** What comes of the next task, after those for which this has been said. */
    PretendedJvms then(Outcome outcome, int compiledMillis) {
        answers.add(new Answer(outcome, compiledMillis));
        return this;
    }

    /** As then, but it never answers. */
    PretendedJvms thenSilence() {
        answers.add(new Answer(null, 0));
        return this;
    }

    /** What is done before the first answer. */
    PretendedJvms beforeAnswering(Runnable action) {
        before = action;
        return this;
    }

    long nanoTime() {
        return now;
    }

    @Override
    public Member start(Contestant contestant, @Nullable Long leaseMillis) {
        Jvm jvm = new Jvm();
        started.add(jvm);
        return jvm;
    }

    private record Answer(@Nullable Outcome outcome, int compiledMillis) {}

    /** One of them. */
    final class Jvm implements Member {
        final List<Task> tasks = new ArrayList<>();
        boolean isKilled;
        private double compiledMillis;
        private double processorMillis;

        @Override
        public void awaitReady() {}

        @Override
        public void send(Task task) {
            tasks.add(task);
        }

        @Override
        public Outcome outcome(long limitMillis) throws IOException {
            before.run();
            before = () -> {};
            Answer answer = answers.remove();
            if (answer.outcome() == null) {
                throw new IOException("it hangs");
            }
            now += TimeUnit.MILLISECONDS.toNanos(TASK_MILLIS);
            compiledMillis += answer.compiledMillis();
            processorMillis += PROCESSOR_MILLIS;
            return answer.outcome();
        }

        @Override
        public double compiledMillis() {
            return compiledMillis;
        }

        @Override
        public double processorMillis() {
            return processorMillis;
        }

        @Override
        public void close() {}

        @Override
        public void kill() {
            isKilled = true;
        }
    }
}
