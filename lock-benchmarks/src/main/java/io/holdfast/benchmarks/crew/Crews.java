package io.holdfast.benchmarks.crew;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.profile.Measured;
import io.holdfast.benchmarks.profile.Profiling;
import io.holdfast.benchmarks.report.Metric;
import io.holdfast.benchmarks.servers.Gauge;
import io.holdfast.benchmarks.servers.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The JVMs of a family's contestants. They stay for the next rounds and scenarios. */
public final class Crews implements AutoCloseable {
    private static final double NANOS_PER_MILLI = 1e6;

    /** How long a rehearsal goes on before the part that would count, which may be idle for most of the time. */
    private static final int REHEARSAL_MILLIS = 3_000;

    private final Starts starts;
    private final Function<Contestant, Gauge> gauges;
    private final Pace pace;
    private final Path folder;
    private final LongSupplier nanoTime;
    private final Map<Contestant, Crew> crews = new EnumMap<>(Contestant.class);
    private final Map<Contestant, Set<CrewScenario>> prepared = new EnumMap<>(Contestant.class);
    /** Who has rehearsed what, and not had a turn of it yet. */
    private final Map<Contestant, CrewScenario> rehearsed = new EnumMap<>(Contestant.class);

    /**
     * No JVMs yet.
     *
     * @param servers what contestants use
     * @param pace how long turns take
     * @param folder where the JVMs leave what they log
     * @param profiling what is sampled while they are measured
     */
    public Crews(Servers servers, Pace pace, Path folder, Profiling profiling) {
        this(
                (contestant, leaseMillis) -> new JvmMember(
                        contestant,
                        servers.setup(),
                        leaseMillis,
                        profiling.options(contestant.label()),
                        folder.resolve(contestant.label() + ".log")),
                servers::gauge,
                pace,
                folder,
                System::nanoTime);
    }

    /**
     * No JVMs yet.
     *
     * @param starts how they are started
     * @param gauges what their servers count
     * @param pace how long turns take
     * @param folder for what they share
     * @param nanoTime the time by which rehearsals end
     */
    Crews(Starts starts, Function<Contestant, Gauge> gauges, Pace pace, Path folder, LongSupplier nanoTime) {
        this.starts = starts;
        this.gauges = gauges;
        this.pace = pace;
        this.folder = folder;
        this.nanoTime = nanoTime;
    }

    /** How a contestant's JVMs are started. */
    @FunctionalInterface
    interface Starts {
        /** Starts one whose holds are renewed, unless there is no lease for that. */
        Member start(Contestant contestant, @Nullable Long leaseMillis) throws IOException;
    }

    /**
     * Sees to it that a contestant's JVMs are there and have compiled what a scenario takes. If its rehearsal leaves something behind that
     * goes on, it gets new ones, which have compiled no more than to lock and release.
     *
     * @param scenario what is to be measured
     * @param contestant of whom
     * @throws IOException if something is wrong: then it begins with new JVMs the next time
     * @throws InterruptedException if the run is to end
     */
    public void prepare(CrewScenario scenario, Contestant contestant) throws IOException, InterruptedException {
        boolean first = prepared.computeIfAbsent(contestant, absent -> EnumSet.noneOf(CrewScenario.class))
                .add(scenario);
        if (first && scenario == CrewScenario.RENEWAL) {
            // Other leases than before: other JVMs.
            dismiss(contestant);
        }
        Long leaseMillis = scenario == CrewScenario.RENEWAL ? RenewalMatch.LEASE_MILLIS : null;
        Crew crew = crews.computeIfAbsent(
                contestant,
                absent -> new Crew(() -> starts.start(contestant, leaseMillis), pace.mostCrewWarmUpMillis()));
        try {
            crew.grow(1);
            if (first) {
                rehearse(scenario, contestant, crew);
                rehearsed.put(contestant, scenario);
            }
            if (crew.isSpent()) {
                // Not rehearsed again: that might leave something behind each time.
                crew.kill();
                crew.grow(1);
            }
        } catch (IOException | InterruptedException | RuntimeException failed) {
            giveUp(contestant, crew);
            throw failed;
        }
    }

    /**
     * Gives a contestant its turn.
     *
     * @param scenario what is measured, and has been prepared
     * @param contestant of whom
     * @param round in which round
     * @return what was measured; its next turn begins with new JVMs if something of this one still goes on
     * @throws IOException if something is wrong: then nothing was measured, and its next turn begins with new JVMs
     * @throws InterruptedException if the run is to end
     */
    public Map<Metric, Double> play(CrewScenario scenario, Contestant contestant, int round)
            throws IOException, InterruptedException {
        Crew crew = crews.get(contestant);
        if (crew == null) {
            throw new IllegalStateException(contestant.label() + " isn't prepared");
        }
        boolean first = rehearsed.remove(contestant, scenario);
        String name = scenario.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + round;
        int warmUpMillis = first ? pace.firstWarmUpMillis() * scenario.freshJvms() : pace.warmUpMillis();
        try {
            Map<Metric, Double> figures = play(scenario, contestant, crew, name, warmUpMillis);
            if (crew.isSpent()) {
                giveUp(contestant, crew);
            }
            return figures;
        } catch (IOException | InterruptedException | RuntimeException failed) {
            giveUp(contestant, crew);
            throw failed;
        }
    }

    private void giveUp(Contestant contestant, Crew crew) {
        crews.remove(contestant);
        prepared.remove(contestant);
        crew.kill();
    }

    private Map<Metric, Double> play(
            CrewScenario scenario, Contestant contestant, Crew crew, String name, int warmUpMillis)
            throws IOException, InterruptedException {
        return scenario.match()
                .play(new Turn(
                        crew,
                        gauges.apply(contestant),
                        contestant.family(),
                        name + "-" + System.nanoTime(),
                        pace,
                        warmUpMillis,
                        folder.resolve("section")));
    }

    /** To lock and release has been compiled, but not yet what it takes to wait, to hand over to another JVM, and so on. */
    private void rehearse(CrewScenario scenario, Contestant contestant, Crew crew)
            throws IOException, InterruptedException {
        int most = pace.mostRehearsalMillis() * scenario.freshJvms();
        long start = nanoTime.getAsLong();
        boolean isWarm = false;
        while (!isWarm && !crew.isSpent() && millisSince(start) < most) {
            isWarm = crew.isWarmAfter(() -> play(scenario, contestant, crew, Measured.WARM_UP, REHEARSAL_MILLIS));
        }
    }

    private double millisSince(long start) {
        return (nanoTime.getAsLong() - start) / NANOS_PER_MILLI;
    }

    /**
     * Lets go what later scenarios don't need.
     *
     * @param scenario which has ended
     */
    public void finish(CrewScenario scenario) {
        if (scenario == CrewScenario.RENEWAL) {
            close();
        } else {
            crews.values().forEach(crew -> crew.shrink(1));
        }
    }

    private void dismiss(Contestant contestant) {
        Crew crew = crews.remove(contestant);
        if (crew != null) {
            crew.close();
        }
    }

    /** Ends all JVMs. */
    @Override
    public void close() {
        crews.values().forEach(Crew::close);
        crews.clear();
    }
}
