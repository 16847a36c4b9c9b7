package io.holdfast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.benchmarks.contestants.Contestant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final Set<Contestant> ALL = EnumSet.allOf(Contestant.class);

    @Test
    void withoutNamesEverythingIsMeasured() {
        Selection all = Selection.of(List.of(), ALL);
        assertThat(all.scenarios()).containsExactly(Scenario.values());
        assertThat(all.contestants()).containsExactly(Contestant.values());
    }

    @Test
    void aScenarioAloneIsMeasuredForAllContestants() {
        Selection one = Selection.of(List.of("many-keys"), ALL);
        assertThat(one.scenarios()).containsExactly(Scenario.MANY_KEYS);
        assertThat(one.contestants()).containsExactly(Contestant.values());
    }

    @Test
    void aNameThatNamesNothingIsRefused() {
        assertThatThrownBy(() -> Selection.of(List.of("many-kyes"), ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("many-kyes");
    }

    @Test
    void onlyContestantsThatCanTakePartDo() {
        Selection two = Selection.of(List.of("holdfast", "shedlock"), ALL);
        assertThat(two.contestants(Scenario.EXPIRY_LATENESS, 1)).containsExactly(Contestant.HOLDFAST);
    }

    @Test
    void eachRoundBeginsWithAnotherContestant() {
        Selection two = Selection.of(List.of("holdfast", "shedlock"), ALL);
        assertThat(two.contestants(Scenario.CONTENDED, 1)).containsExactly(Contestant.HOLDFAST, Contestant.SHEDLOCK);
        assertThat(two.contestants(Scenario.CONTENDED, 2)).containsExactly(Contestant.SHEDLOCK, Contestant.HOLDFAST);
        assertThat(two.contestants(Scenario.CONTENDED, 3)).containsExactly(Contestant.HOLDFAST, Contestant.SHEDLOCK);
    }
}
