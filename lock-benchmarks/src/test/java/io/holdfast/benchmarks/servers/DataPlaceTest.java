package io.holdfast.benchmarks.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.benchmarks.contestants.Family;
import io.holdfast.benchmarks.contestants.Setup;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataPlaceTest {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @Test
    void memoryIsRefusedWhereThereIsNoFileSystemInIt(@TempDir Path folder) {
        assertThatThrownBy(() -> DataPlace.MEMORY.check(folder.resolve("absent")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("absent");
        assertThatCode(() -> DataPlace.DISK.check(folder.resolve("absent"))).doesNotThrowAnyException();
    }

    @Test
    void etcdAndZooKeeperKeepTheirDataInMemoryAndTheReportSaysSo() throws IOException {
        assumeTrue(Files.isWritable(SHARED_MEMORY));
        Set<Path> before = pathsInMemory();
        try (Servers servers = Servers.of(EnumSet.of(Family.ETCD), Setup.ALONE, DataPlace.MEMORY)) {
            assertThat(servers.problems()).isEmpty();
            assertThat(servers.versions())
                    .containsEntry("etcd's data", "in memory")
                    .containsEntry("ZooKeeper's data", "in memory");
            Set<Path> made = pathsInMemory();
            made.removeAll(before);
            assertThat(made)
                    .anySatisfy(path -> assertThat(path.toString()).endsWith(".wal"))
                    .anySatisfy(path -> assertThat(path).hasFileName("version-2"));
        }
    }

    /** What servers have there, as far as it doesn't vanish while it is looked at. */
    private static Set<Path> pathsInMemory() throws IOException {
        Set<Path> paths = new HashSet<>();
        Files.walkFileTree(SHARED_MEMORY, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                boolean ours = folder.equals(SHARED_MEMORY)
                        || SHARED_MEMORY.relativize(folder).toString().startsWith("holdfast-");
                paths.add(folder);
                return ours ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                paths.add(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        return paths;
    }
}
