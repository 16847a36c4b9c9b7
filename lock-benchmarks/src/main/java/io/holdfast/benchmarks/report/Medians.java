package io.holdfast.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** Figures by what they are about, and their medians over the rounds. */
public final class Medians {
    private final Map<Cell, Map<Integer, Double>> rounds = new LinkedHashMap<>();

    private record Cell(String scenario, String contestant, String metric) {
        static Cell of(Target.Measured measured) {
            return new Cell(measured.scenario(), measured.contestant().label(), measured.metric());
        }
    }

    /**
     * Sorts figures.
     *
     * @param figures what was measured
     */
    public Medians(List<Figure> figures) {
        for (Figure figure : figures) {
            rounds.computeIfAbsent(
                            new Cell(
                                    figure.scenario(),
                                    figure.contestant(),
                                    figure.metric().name()),
                            absent -> new LinkedHashMap<>())
                    .put(figure.round(), figure.value());
        }
    }

    /**
     * One median.
     *
     * @param scenario of which scenario
     * @param contestant of whom
     * @param metric of what
     * @return the median over the rounds, if there were any
     */
    public OptionalDouble of(String scenario, String contestant, String metric) {
        Map<Integer, Double> values = rounds.get(new Cell(scenario, contestant, metric));
        return values == null ? OptionalDouble.empty() : OptionalDouble.of(Table.median(values.values()));
    }

    /**
     * How two figures compare: the median of the ratios of each round, in which both met the same noise.
     *
     * @param ours what is divided
     * @param theirs by what
     * @return the ratio, if both were measured in the same round
     */
    OptionalDouble ratio(Target.Measured ours, Target.Measured theirs) {
        Map<Integer, Double> above = rounds.getOrDefault(Cell.of(ours), Map.of());
        Map<Integer, Double> below = rounds.getOrDefault(Cell.of(theirs), Map.of());
        List<Double> ratios = new ArrayList<>();
        above.forEach((round, value) -> {
            Double other = below.get(round);
            if (other != null && other != 0) {
                ratios.add(value / other);
            }
        });
        return ratios.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Table.median(ratios));
    }

    /**
     * The metrics of a scenario that begin with some words.
     *
     * @param scenario which scenario
     * @param beginning the words
     * @return their names, in the order in which they were measured
     */
    public Set<String> metrics(String scenario, String beginning) {
        Set<String> names = new LinkedHashSet<>();
        for (Cell cell : rounds.keySet()) {
            if (cell.scenario().equals(scenario) && cell.metric().startsWith(beginning)) {
                names.add(cell.metric());
            }
        }
        return names;
    }
}
