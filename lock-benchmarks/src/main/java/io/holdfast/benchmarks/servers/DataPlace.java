package io.holdfast.benchmarks.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the etcd and the ZooKeeper that are started for a run keep their data. */
public enum DataPlace {
    /** Where temporary files are kept: to write through takes as long as the disk does. */
    DISK("on the disk"),
    /** In a file system in memory: to write through takes no time. */
    MEMORY("in memory");

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final String description;

    DataPlace(String description) {
        this.description = description;
    }

    /**
     * Makes sure that this machine has such a place.
     *
     * @throws IllegalArgumentException if it hasn't
     */
    public void check() {
        check(SHARED_MEMORY);
    }

    void check(Path sharedMemory) {
        if (this == MEMORY && !Files.isWritable(sharedMemory)) {
            throw new IllegalArgumentException("there is no file system in memory at " + sharedMemory
                    + " that could be written to: data can only be on the disk");
        }
    }

    Path makeFolder(String name) throws IOException {
        return this == MEMORY ? Files.createTempDirectory(SHARED_MEMORY, name) : Files.createTempDirectory(name);
    }

    /** Completes a sentence: where the data are. */
    @Override
    public String toString() {
        return description;
    }
}
