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
     * @throws IOException if it can't be looked at
     * @throws IllegalArgumentException if there is no JDK at that place, or one that is too old
     */
    static VirtualThreadJdk find(@Nullable Path home) throws IOException {
        if (home != null) {
            Path file = home.resolve("release");
            if (!Files.isReadable(file)) {
                throw new IllegalArgumentException("there is no JDK in " + home);
            }
            Properties release = new Properties();
            try (Reader in = Files.newBufferedReader(file)) {
                release.load(in);
            }
            String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
            if (!isNewEnough(version)) {
                throw new IllegalArgumentException(
                        "Java " + version + " in " + home + " has no virtual threads: it takes " + FIRST_VERSION);
            }
            return new VirtualThreadJdk(home.resolve("bin/java").toString(), version);
        }
        if (Runtime.version().feature() >= FIRST_VERSION) {
            return new VirtualThreadJdk(current(), Runtime.version().toString());
        }
        return new VirtualThreadJdk(null, "none");
    }

    private static boolean isNewEnough(String version) {
        try {
            return Runtime.Version.parse(version).feature() >= FIRST_VERSION;
        } catch (IllegalArgumentException older) {
            // Java 8 called itself 1.8.0_392.
            return false;
        }
    }

    /** The command that starts the JVM that runs this. */
    static String current() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
