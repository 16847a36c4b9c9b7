package io.holdfast.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Which targets were met, as far as they were measured, and which weren't because a turn failed. */
final class Targets {
    private Targets() {}

    static Rows rows(Medians medians, List<Failure> failures) {
        Rows rows = Rows.of("", "target", "measured", "");
        for (Target target : Target.all()) {
            OptionalDouble measured = target.measured(medians);
            if (measured.isPresent()) {
                double value = measured.getAsDouble();
                rows.body()
                        .add(new ArrayList<>(List.of(
                                target.what(),
                                target.wanted(),
                                target.reached(value),
                                target.isMet(value) ? "met" : "missed")));
            } else if (failures.stream().anyMatch(target::needs)) {
                rows.body().add(new ArrayList<>(List.of(target.what(), target.wanted(), "–", "not measured")));
            }
        }
        return rows;
    }
}
