package io.holdfast.testservers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A redis-server program that runs on this machine.
 *
 * @param path where it is
 * @param version such as 7.0.15
 */
public record RedisBinary(Path path, String version) {
    /** The system property that names a redis-server to take instead of all others. */
    public static final String PROPERTY = "holdfast.redis.server";

    /** The oldest version that Holdfast supports. */
    public static final String OLDEST_SUPPORTED = "6.2";

    private static final Logger LOG = LoggerFactory.getLogger(RedisBinary.class);
    private static final Pattern VERSION = Pattern.compile("v=(\\S+)");
    private static final ConcurrentMap<String, Optional<RedisBinary>> UNPACKED = new ConcurrentHashMap<>();
    private static final ConcurrentMap<Path, RedisBinary> FOUND = new ConcurrentHashMap<>();

    /** The files' names in the artifacts, by system: these have different versions for different systems. */
    private static final List<String> NEWEST = List.of(
            "redis-server-7.0.15-linux-amd64",
            "redis-server-7.0.15-linux-arm64",
            "redis-server-7.0.15-darwin-amd64",
            "redis-server-7.0.15-darwin-arm64");

    private static final List<String> OLDEST = List.of(
            "redis-server-6.2.6-v5-linux-amd64",
            "redis-server-6.2.7-linux-arm64",
            "redis-server-6.2.6-v5-darwin-amd64",
            "redis-server-6.2.6-v5-darwin-arm64");

    /**
     * The server that tests use: the one that the system property {@value #PROPERTY} names, else redis-server from the PATH if
     * it is {@value #OLDEST_SUPPORTED} or newer, else the newest that comes with this module.
     *
     * @return a server
     * @throws ServerStartException if there is none for this system; the message says what to install
     */
    public static RedisBinary standard() {
        return SystemPrograms.named(PROPERTY)
                .map(RedisBinary::at)
                .or(() -> SystemPrograms.onPath("redis-server")
                        .map(RedisBinary::at)
                        .filter(RedisBinary::isSupported))
                .or(() -> bundled(NEWEST))
                .orElseThrow(() -> new ServerStartException("There is no Redis: this module brings none for "
                        + SystemPrograms.platform() + ". Install redis-server, " + OLDEST_SUPPORTED
                        + " or newer, so that it is on the PATH (Debian and Ubuntu: apt-get install redis-server), or name it by -D"
                        + PROPERTY + "=/path/to/redis-server."));
    }

    /**
     * The oldest server that this module brings, to test against old versions.
     *
     * @return a Redis 6.2, if there is one for this system
     */
    public static Optional<RedisBinary> oldest() {
        return bundled(OLDEST);
    }

    /**
     * A server that was found by other means.
     *
     * @param path its program
     * @return the server
     * @throws ServerStartException if the program can't be run, or isn't a Redis server
     */
    public static RedisBinary at(Path path) {
        return FOUND.computeIfAbsent(path, RedisBinary::ask);
    }

    private boolean isSupported() {
        return ModuleDescriptor.Version.parse(version).compareTo(ModuleDescriptor.Version.parse(OLDEST_SUPPORTED)) >= 0;
    }

    private static RedisBinary ask(Path path) {
        String answer = ProgramRun.of(List.of(path.toString(), "--version")).orThrow();
        Matcher version = VERSION.matcher(answer);
        if (!version.find()) {
            throw new ServerStartException(path + " is no redis-server: it says " + answer);
        }
        LOG.info("Redis {} from {}", version.group(1), path);
        return new RedisBinary(path, version.group(1));
    }

    private static Optional<RedisBinary> bundled(List<String> names) {
        String platform = SystemPrograms.platform();
        return names.stream()
                .filter(name -> name.endsWith(platform))
                .findFirst()
                .flatMap(RedisBinary::unpacked);
    }

    private static Optional<RedisBinary> unpacked(String name) {
        return UNPACKED.computeIfAbsent(name, RedisBinary::unpack);
    }

    private static Optional<RedisBinary> unpack(String name) {
        try (InputStream content = RedisBinary.class.getClassLoader().getResourceAsStream(name)) {
            if (content == null) {
                return Optional.empty();
            }
            Path path = Folders.make("redis").resolve(name);
            Files.copy(content, path);
            SystemPrograms.makeExecutable(path);
            return Optional.of(at(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
