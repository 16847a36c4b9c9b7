package io.holdfast.testservers;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks for programs on this machine. */
final class SystemPrograms {
    private SystemPrograms() {}

    /**
     * The program that a system property names.
     *
     * @param property the property
     * @return an absolute path; nothing if the property isn't set
     * @throws ServerStartException if there is no program of that name
     */
    static Optional<Path> named(String property) {
        return Optional.ofNullable(System.getProperty(property))
                .filter(text -> !text.isBlank())
                .map(text -> {
                    Path path = Path.of(text).toAbsolutePath();
                    if (!Files.isExecutable(path)) {
                        throw new ServerStartException(
                                "The system property " + property + " is " + text + ", which is no program");
                    }
                    return path;
                });
    }

    static Optional<Path> onPath(String program) {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isRegularFile)
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toAbsolutePath);
    }

    /**
     * The system and the processor, such as linux-amd64 or darwin-arm64.
     *
     * @return the words that artifacts with programs use
     */
    static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return (system.startsWith("mac") ? "darwin" : system)
                + "-"
                + switch (processor) {
                    case "x86_64" -> "amd64";
                    case "aarch64" -> "arm64";
                    default -> processor;
                };
    }

    static void makeExecutable(Path path) {
        if (!path.toFile().setExecutable(true)) {
            throw new ServerStartException(path + " can't be made a program: is its folder mounted noexec?");
        }
    }
}
