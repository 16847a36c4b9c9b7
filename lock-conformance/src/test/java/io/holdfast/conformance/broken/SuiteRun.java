package io.holdfast.conformance.broken;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.holdfast.conformance.LockBackendContract;
import io.holdfast.conformance.Promise;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the suite inside a test, and remembers what became of each test. */
final class SuiteRun implements TestExecutionListener {
    private final Map<Integer, Set<String>> failed = new TreeMap<>();
    private final Map<String, String> aborted = new TreeMap<>();
    private final Set<String> elsewhere = new TreeSet<>();
    private int succeeded;

    private SuiteRun() {}

    static SuiteRun of(Class<? extends LockBackendContract> contract) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(contract))
                .build();
        SuiteRun run = new SuiteRun();
        LauncherFactory.create().execute(request, run);
        return run;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.getSource().orElse(null) instanceof MethodSource method && test.isTest()) {
            finished(method, result);
        } else if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
            elsewhere.add(test.getDisplayName() + ": " + result);
        }
    }

    private void finished(MethodSource method, TestExecutionResult result) {
        String name = method.getMethodName();
        switch (result.getStatus()) {
            case SUCCESSFUL -> succeeded++;
            case ABORTED ->
                aborted.put(
                        name, result.getThrowable().map(Throwable::getMessage).orElse("no reason"));
            case FAILED ->
                failed.computeIfAbsent(promiseOf(method), promise -> new TreeSet<>())
                        .add(name);
        }
    }

    private static int promiseOf(MethodSource method) {
        return method.getJavaMethod().getAnnotation(Promise.class).value();
    }

    /** The numbers of the promises whose tests failed. */
    Set<Integer> brokenPromises() {
        return failed.keySet();
    }

    /** The tests that failed, by promise. */
    Map<Integer, Set<String>> failedTests() {
        return failed;
    }

    /** The reasons of the tests that were aborted, by the tests' names. */
    Map<String, String> abortedTests() {
        return aborted;
    }

    /** The promises that aborted tests named as broken. */
    Set<Integer> promisesToBlame() {
        return aborted.values().stream()
                .filter(reason -> reason.contains("promise "))
                .map(reason -> Integer.valueOf(reason.replaceAll("(?s).*?promise (\\d+).*", "$1")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What failed outside of tests; nothing should. */
    List<String> otherFailures() {
        return List.copyOf(elsewhere);
    }

    int succeeded() {
        return succeeded;
    }
}
