package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every backend in this repository runs the suite. Reads the sources of the other modules, which depend on this one. */
class EnrolledBackendsTest {
    private static final Path ROOT = Path.of("..");
    private static final Path HERE = ROOT.resolve("lock-conformance");
    private static final Pattern BACKEND = Pattern.compile("\\bimplements [\\w, ]*\\bLockBackend\\b");
    private static final Pattern CONTRACT_TEST = Pattern.compile("\\bextends LockBackendContract\\b");

    @Test
    void eachBackendRunsTheSuite() throws IOException {
        List<Path> withBackend = modules().stream()
                .filter(module -> contains(module.resolve("src/main"), BACKEND))
                .toList();
        assertThat(withBackend).contains(ROOT.resolve("lock-core-inmemory"));
        assertThat(withBackend).allMatch(module -> contains(testsOf(module), CONTRACT_TEST));
    }

    /** The in-memory engine is tested here: the suite depends on its module. */
    private static Path testsOf(Path module) {
        return module.endsWith("lock-core-inmemory")
                ? HERE.resolve("src/test/java/io/holdfast/conformance/InMemoryContractTest.java")
                : module.resolve("src/test");
    }

    private static List<Path> modules() throws IOException {
        try (Stream<Path> children = Files.list(ROOT)) {
            return children.filter(child -> Files.exists(child.resolve("pom.xml")))
                    .filter(child -> !child.equals(HERE))
                    .toList();
        }
    }

    private static boolean contains(Path sources, Pattern pattern) {
        if (!Files.exists(sources)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .anyMatch(file -> pattern.matcher(read(file)).find());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
