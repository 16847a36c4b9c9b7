package io.holdfast.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The JDK that runs the scenario of virtual threads, which are younger than the Java that all else runs on.
 *
 * @param java the command that starts it; null if there is none
 * @param version its version
 */
record VirtualThreadJdk(@Nullable String java, String version) {
    private static final int FIRST_VERSION = 21;

    /**
     * Takes the JDK that was named, else the one that runs this if it is new enough.
     *
     * @param home where the named one is; null if none was
     * @return a JDK or none
     * @throws IOException if there is no JDK at that place
     */
    static VirtualThreadJdk find(@Nullable Path home) throws IOException {
        if (home != null) {
            Properties release = new Properties();
            try (Reader in = Files.newBufferedReader(home.resolve("release"))) {
                release.load(in);
            }
            String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
            return new VirtualThreadJdk(home.resolve("bin/java").toString(), version);
        }
        if (Runtime.version().feature() >= FIRST_VERSION) {
            return new VirtualThreadJdk(current(), Runtime.version().toString());
        }
        return new VirtualThreadJdk(null, "none");
    }

    /** The command that starts the JVM that runs this. */
    static String current() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
