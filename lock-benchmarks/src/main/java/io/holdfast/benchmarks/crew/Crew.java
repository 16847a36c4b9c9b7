package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Setup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The JVMs of one contestant. */
final class Crew implements AutoCloseable {
    /** So much longer than the turn itself may it take until all have answered. */
    private static final long GRACE_MILLIS = 60_000;

    private final Contestant contestant;
    private final Setup setup;
    private final @Nullable Long leaseMillis;
    private final List<String> options;
    private final Path log;
    private final List<Member> members = new ArrayList<>();

    /**
     * No JVMs yet.
     *
     * @param contestant who is to run in them
     * @param setup what they need
     * @param leaseMillis how long holds last that are renewed; null if none are
     * @param options further options of {@code java}
     * @param log where they leave what they log
     */
    Crew(Contestant contestant, Setup setup, @Nullable Long leaseMillis, List<String> options, Path log) {
        this.contestant = contestant;
        this.setup = setup;
        this.leaseMillis = leaseMillis;
        this.options = options;
        this.log = log;
    }

    /** Has at least so many JVMs afterwards. */
    void grow(int size) throws IOException, InterruptedException {
        List<Member> added = new ArrayList<>();
        while (members.size() + added.size() < size) {
            added.add(new Member(contestant, setup, leaseMillis, options, log));
        }
        members.addAll(added);
        for (Member member : added) {
            member.awaitReady();
        }
    }

    /** Has at most so many JVMs afterwards. */
    void shrink(int size) {
        while (members.size() > size) {
            members.remove(members.size() - 1).close();
        }
    }

    /**
     * Gives each of the first members its task.
     *
     * @throws IOException if one fails, hangs or is gone; the crew is of no use then
     */
    List<Outcome> run(int size, IntFunction<Task> tasks) throws IOException, InterruptedException {
        long limit = GRACE_MILLIS;
        for (int i = 0; i < size; i++) {
            Task task = tasks.apply(i);
            limit = Math.max(limit, GRACE_MILLIS + task.warmUpMillis() + task.millis());
            members.get(i).send(task);
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            outcomes.add(members.get(i).outcome(limit));
        }
        for (Outcome outcome : outcomes) {
            if (outcome.error() != null) {
                throw new IOException(outcome.error());
            }
        }
        return outcomes;
    }

    @Override
    public void close() {
        shrink(0);
    }

    /** Ends all JVMs at once. */
    void kill() {
        members.forEach(Member::kill);
        shrink(0);
    }
}
