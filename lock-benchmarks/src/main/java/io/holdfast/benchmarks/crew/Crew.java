package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.profile.Measured;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;

/** The JVMs of one contestant. */
final class Crew implements AutoCloseable {
    /** So much longer than the turn itself may it take until all have answered. */
    private static final long GRACE_MILLIS = 60_000;

    /** So long may the others take to answer once one has failed. */
    private static final long MORE_MILLIS = 2_000;

    // As many as in the scenario of resources of their own.
    private static final int WARM_UP_THREADS = 16;
    private static final int WARM_UP_RESOURCES = 64;

    private static final int WARM_UP_STEP_MILLIS = 2_000;

    /** JVMs of whose processor time no more than this share is the compiler's are warm. */
    private static final double WARM = 0.1;

    private final Start start;
    private final int mostWarmUpMillis;
    private final List<Member> members = new ArrayList<>();
    private boolean isSpent;

    /**
     * No JVMs yet.
     *
     * @param start starts one
     * @param mostWarmUpMillis how long at most they lock and release before they take turns
     */
    Crew(Start start, int mostWarmUpMillis) {
        this.start = start;
        this.mostWarmUpMillis = mostWarmUpMillis;
    }

    /** How a JVM is started. */
    @FunctionalInterface
    interface Start {
        /** Starts one, without waiting until it is ready. */
        Member start() throws IOException;
    }

    /** Has at least so many JVMs afterwards, which have compiled what it takes to lock and release. */
    void grow(int size) throws IOException, InterruptedException {
        List<Member> added = new ArrayList<>();
        while (members.size() + added.size() < size) {
            added.add(start.start());
        }
        members.addAll(added);
        for (Member member : added) {
            member.awaitReady();
        }
        warmUp(added);
    }

    /** What they do in a turn may be too little for the compiler to see what matters, or keep it busy while it counts. */
    private void warmUp(List<Member> fresh) throws IOException, InterruptedException {
        boolean isWarm = fresh.isEmpty();
        for (int millis = 0; millis < mostWarmUpMillis && !isWarm; millis += WARM_UP_STEP_MILLIS) {
            String name = Measured.WARM_UP + "-" + System.nanoTime();
            isWarm = isWarmAfter(() -> run(fresh, member -> warmUp(name, member)));
        }
    }

    /** Has them do something, and tells whether hardly anything was compiled meanwhile. */
    boolean isWarmAfter(Play play) throws IOException, InterruptedException {
        double compiled = sum(Member::compiledMillis);
        double processor = sum(Member::processorMillis);
        play.play();
        return sum(Member::compiledMillis) - compiled < WARM * (sum(Member::processorMillis) - processor);
    }

    private double sum(ToDoubleFunction<Member> millis) {
        return members.stream().mapToDouble(millis).sum();
    }

    /** Something that the JVMs do. */
    @FunctionalInterface
    interface Play {
        /** Does it. */
        void play() throws IOException, InterruptedException;
    }

    private static Task warmUp(String name, int member) {
        return new Task(
                Job.Kind.CROWD,
                name,
                member,
                WARM_UP_THREADS,
                WARM_UP_RESOURCES,
                0,
                0,
                WARM_UP_STEP_MILLIS,
                0,
                System.nanoTime(),
                null);
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
        return run(members.subList(0, size), tasks);
    }

    private List<Outcome> run(List<Member> members, IntFunction<Task> tasks) throws IOException, InterruptedException {
        long limit = GRACE_MILLIS;
        for (int i = 0; i < members.size(); i++) {
            Task task = tasks.apply(i);
            limit = Math.max(limit, GRACE_MILLIS + task.warmUpMillis() + task.millis());
            members.get(i).send(task);
        }
        List<Outcome> outcomes = new ArrayList<>();
        IOException told = null;
        IOException silent = null;
        for (Member member : members) {
            try {
                Outcome outcome = member.outcome(told == null && silent == null ? limit : MORE_MILLIS);
                isSpent |= outcome.leavesBehind();
                outcomes.add(outcome);
                if (outcome.error() != null && told == null) {
                    told = new IOException(outcome.error());
                }
            } catch (IOException failed) {
                silent = silent == null ? failed : silent;
            }
        }
        // What one has found may be why another hangs.
        IOException worst = told != null ? told : silent;
        if (worst != null) {
            throw worst;
        }
        return outcomes;
    }

    /** Whether something of an earlier task goes on in the JVMs, and would weigh on the next. */
    boolean isSpent() {
        return isSpent;
    }

    @Override
    public void close() {
        shrink(0);
    }

    /** Ends all JVMs at once; it can grow again afterwards. */
    void kill() {
        members.forEach(Member::kill);
        shrink(0);
        isSpent = false;
    }
}
