package io.holdfast.benchmarks.crew;

/**
 * How long turns take, and how much is asked of them.
 *
 * @param mostCrewWarmUpMillis how long at most a contestant's new JVM locks and releases before its first turn, until hardly anything is compiled any more
 * @param mostRehearsalMillis how long a contestant plays a scenario before its first turn of it, until hardly anything is compiled any more, for each of its JVMs: a rehearsal that began before that is over is played to its end
 * @param firstWarmUpMillis how long a contestant's first turn of a scenario goes on before it counts, for each of its JVMs
 * @param warmUpMillis the same for its later turns
 * @param millis how long a turn counts
 * @param waiters how many wait at once, where that is measured
 * @param holds how many holds are renewed, where that is measured
 */
public record Pace(
        int mostCrewWarmUpMillis,
        int mostRehearsalMillis,
        int firstWarmUpMillis,
        int warmUpMillis,
        int millis,
        int waiters,
        int holds) {
    /**
     * For a first look.
     *
     * @return short turns
     */
    public static Pace quick() {
        return new Pace(0, 0, 1500, 300, 1000, 300, 2_000);
    }

    /**
     * For figures to publish. What comes before the first turn is long, since JVMs that wait for each other and for a server most of the
     * time compile their code late: after 1.5 seconds, the wake-up of a round was up to five times as fast as that of the one before; after 5
     * seconds, half of the processor time of a turn on etcd was still the compiler's, whoever had it; and after 20 seconds of locking and
     * releasing it was so again where four JVMs began to wait for each other.
     *
     * @return longer turns
     */
    public static Pace full() {
        return new Pace(20_000, 15_000, 500, 500, 1_500, 1_000, 10_000);
    }
}
