package io.holdfast.benchmarks.report;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Contestant.Trait;
import java.util.List;

/** Colours that can be told apart in light and in dark: one for Holdfast, grey for floors, others for rivals. */
final class Palette {
    private static final String OURS = "#0d9488";
    private static final List<String> FLOORS = List.of("#94a3b8", "#64748b", "#cbd5e1", "#475569");
    private static final List<String> RIVALS =
            List.of("#e4572e", "#7c6ff0", "#d99a00", "#c2408f", "#3b82f6", "#84a616", "#b0724d", "#8b5cf6");

    private Palette() {}

    static String of(Contestant contestant) {
        if (contestant.is(Trait.OURS)) {
            return OURS;
        }
        boolean floor = contestant.is(Trait.FLOOR);
        int number = 0;
        for (Contestant other : Contestant.of(contestant.family())) {
            if (other == contestant) {
                break;
            }
            if (!other.is(Trait.OURS) && other.is(Trait.FLOOR) == floor) {
                number++;
            }
        }
        List<String> colours = floor ? FLOORS : RIVALS;
        return colours.get(number % colours.size());
    }
}
