package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.commons.support.AnnotationSupport.findAnnotatedMethods;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** What must be true of the suite as a whole. */
class SuiteTest {
    @Test
    void eachPromiseHasATest() {
        Set<Integer> promised = tests().stream()
                .map(test -> test.getAnnotation(Promise.class).value())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(promised)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, Promise.LAST).boxed().toList());
    }

    @Test
    void eachTestNamesItsPromise() {
        assertThat(tests()).isNotEmpty().allMatch(test -> test.isAnnotationPresent(Promise.class));
    }

    @Test
    void noTestCanBeOverridden() {
        assertThat(tests()).allMatch(test -> Modifier.isFinal(test.getModifiers()));
        assertThat(topics()).allMatch(topic -> Modifier.isFinal(topic.getModifiers()));
    }

    @Test
    void aTestsSentenceIsUnique() {
        assertThat(tests().stream().map(Method::getName)).doesNotHaveDuplicates();
    }

    private static List<Class<?>> topics() {
        return ReflectionSupport.findNestedClasses(
                LockBackendContract.class, type -> type.isAnnotationPresent(Nested.class));
    }

    private static List<Method> tests() {
        return topics().stream()
                .flatMap(topic -> Stream.of(Test.class, ParameterizedTest.class)
                        .map(kind -> findAnnotatedMethods(topic, kind, HierarchyTraversalMode.TOP_DOWN)))
                .flatMap(Collection::stream)
                .toList();
    }
}
