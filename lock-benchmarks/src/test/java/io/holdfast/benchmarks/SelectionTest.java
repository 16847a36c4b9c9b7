package io.holdfast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.benchmarks.contestants.Contestant;
import io.holdfast.benchmarks.contestants.Family;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SelectionTest {
    private static final Plan PLAN = Plan.full();

    @Test
    void withoutNamesEverythingIsMeasured() {
        Selection all = Selection.of(List.of(), PLAN);
        assertThat(all.scenarios()).containsExactly(Scenario.values());
        assertThat(all.contestants()).containsExactly(Contestant.values());
        assertThat(all.families()).containsExactly(Family.values());
    }

    @Test
    void aScenarioAloneIsMeasuredForAllContestants() {
        Selection one = Selection.of(List.of("many-keys"), PLAN);
        assertThat(one.scenarios()).containsExactly(Scenario.MANY_KEYS);
        assertThat(one.contestants()).containsExactly(Contestant.values());
    }

    @Test
    void aFamilyNamesItsContestants() {
        Selection etcd = Selection.of(List.of("etcd", "wake-up"), PLAN);
        assertThat(etcd.contestants()).isEqualTo(Contestant.of(Family.ETCD));
        assertThat(etcd.families()).containsExactly(Family.ETCD);
    }

    @Test
    void aFamilyAndOneOfItsContestantsAreTheFamilyInAnyOrder() {
        Set<Contestant> redis = Selection.of(List.of("redis"), PLAN).contestants();
        assertThat(Selection.of(List.of("redis", "redisson"), PLAN).contestants())
                .isEqualTo(redis);
        assertThat(Selection.of(List.of("redisson", "redis"), PLAN).contestants())
                .isEqualTo(redis);
    }

    @Test
    void aNameThatNamesNothingIsRefused() {
        assertThatThrownBy(() -> Selection.of(List.of("many-kyes"), PLAN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("many-kyes");
    }

    @Test
    void onlyContestantsThatCanTakePartDo() {
        Selection two = Selection.of(List.of("holdfast", "shedlock"), PLAN);
        assertThat(two.contestants(Scenario.EXPIRY_LATENESS, Family.MEMORY, 1)).containsExactly(Contestant.HOLDFAST);
    }

    @Test
    void eachRoundBeginsWithAnotherContestant() {
        Selection two = Selection.of(List.of("holdfast", "shedlock"), PLAN);
        assertThat(two.contestants(Scenario.CONTENDED, Family.MEMORY, 1))
                .containsExactly(Contestant.HOLDFAST, Contestant.SHEDLOCK);
        assertThat(two.contestants(Scenario.CONTENDED, Family.MEMORY, 2))
                .containsExactly(Contestant.SHEDLOCK, Contestant.HOLDFAST);
        assertThat(two.contestants(Scenario.CONTENDED, Family.MEMORY, 3))
                .containsExactly(Contestant.HOLDFAST, Contestant.SHEDLOCK);
    }

    @ParameterizedTest
    @EnumSource(names = {"JETCD_SHARED_LEASE", "PING"})
    void whoExcludesNobodyTakesNoPartWhereManyWantOneResource(Contestant contestant) {
        assertThat(Scenario.CONTENDED.contestants(contestant.family())).doesNotContain(contestant);
        assertThat(Scenario.SEVERAL_JVMS.contestants(contestant.family())).doesNotContain(contestant);
        assertThat(Scenario.UNCONTENDED.contestants(contestant.family())).contains(contestant);
    }

    @ParameterizedTest
    @EnumSource
    void everyScenarioHasSomebodyOfOurs(Scenario scenario) {
        assertThat(List.of(Family.values()))
                .anySatisfy(family -> assertThat(scenario.contestants(family))
                        .anyMatch(contestant -> contestant.is(Contestant.Trait.OURS)));
    }

    @Test
    void roundsOfAScenarioFollowEachOtherContestantByContestant() {
        Selection two = Selection.of(List.of("redisson", "raw-polling", "uncontended"), PLAN);
        assertThat(Step.of(two, PLAN).stream().map(Step::key).limit(4))
                .containsExactly(
                        "uncontended redisson 1",
                        "uncontended raw-polling 1",
                        "uncontended raw-polling 2",
                        "uncontended redisson 2");
    }
}
