package io.holdfast.conformance.broken;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.conformance.Promise;
import io.holdfast.core.ManualTime;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.platform.commons.support.ReflectionSupport;

/** The suite finds the promise that a store breaks, and no other. */
class BrokenStoresTest {
    @ParameterizedTest
    @FieldSource("io.holdfast.conformance.broken.BrokenStore#ALL")
    void theSuiteNamesThePromiseThatAStoreBreaks(BrokenStore broken) {
        BrokenContract.use(broken);
        SuiteRun run = SuiteRun.of(BrokenContract.class);
        assertThat(run.otherFailures()).isEmpty();
        assertThat(run.brokenPromises()).as("%s", run.failedTests()).isEqualTo(broken.promises());
        assertThat(run.promisesToBlame())
                .as("what aborted tests give as their reasons: %s", run.abortedTests())
                .isSubsetOf(broken.promises());
    }

    @Test
    void aStoreThatBreaksNothingAbortsNoTest() {
        SuiteRun run = SuiteRun.of(SimpleStoreContractTest.class);
        assertThat(run.otherFailures()).isEmpty();
        assertThat(run.failedTests()).isEmpty();
        assertThat(run.abortedTests().values()).allMatch(reason -> reason.contains("JDK 21"));
    }

    @Test
    void eachPromiseIsBrokenByAStore() {
        Set<Integer> broken = BrokenStore.ALL.stream()
                .flatMap(store -> store.promises().stream())
                .collect(Collectors.toSet());
        assertThat(broken)
                .containsAll(IntStream.rangeClosed(1, Promise.LAST).boxed().toList());
    }

    @Test
    void eachBrokenStoreIsEnrolled() {
        ManualTime time = new ManualTime();
        Predicate<Class<?>> broken = type -> SimpleStore.class.isAssignableFrom(type) && type != SimpleStore.class;
        List<Class<?>> written =
                ReflectionSupport.findAllClassesInPackage(SimpleStore.class.getPackageName(), broken, name -> true);
        List<Class<?>> enrolled = BrokenStore.ALL.stream()
                .<Class<?>>map(store -> store.make().apply(time, time).getClass())
                .toList();
        assertThat(enrolled).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(written);
    }
}
