package io.holdfast.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** The folders of this JVM's servers: each server has one of its own, and all of them go when the JVM does. */
final class Folders {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private static final Path ON_DISK = makeRoot(Path.of(System.getProperty("java.io.tmpdir")));
    private static final Path IN_MEMORY = Files.isWritable(SHARED_MEMORY) ? makeRoot(SHARED_MEMORY) : ON_DISK;

    /** Ends the servers and removes the folders when the JVM ends. */
    static final Undertaker UNDERTAKER = new Undertaker(ON_DISK, IN_MEMORY);

    private Folders() {}

    /**
     * Makes a folder.
     *
     * @param name what its name begins with
     * @return an empty folder on the disk, where temporary files are kept
     */
    static Path make(String name) {
        return make(ON_DISK, name);
    }

    /**
     * Makes a folder whose files cost no disk access.
     *
     * @param name what its name begins with
     * @return an empty folder in memory, where the system has such a place; otherwise one on the disk
     */
    static Path makeInMemory(String name) {
        return make(IN_MEMORY, name);
    }

    /**
     * Removes a folder with all that is in it; links are removed, not followed. Files that vanish meanwhile are no error.
     *
     * @param folder what to remove
     */
    static void remove(Path folder) {
        try {
            if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                try (DirectoryStream<Path> content = Files.newDirectoryStream(folder)) {
                    content.forEach(Folders::remove);
                }
            }
            Files.deleteIfExists(folder);
        } catch (NoSuchFileException e) {
            // Gone already, as it should be.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path make(Path root, String name) {
        try {
            return Files.createDirectory(root.resolve(name + "-" + COUNTER.incrementAndGet()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path makeRoot(Path parent) {
        try {
            return Files.createTempDirectory(parent, "holdfast-servers-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
