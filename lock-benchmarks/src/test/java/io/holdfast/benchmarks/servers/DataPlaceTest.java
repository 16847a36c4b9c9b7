package io.holdfast.benchmarks.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.benchmarks.contestants.Family;
import io.holdfast.benchmarks.contestants.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        Set<Path> before = foldersInMemory();
        try (Servers servers = Servers.of(EnumSet.of(Family.ETCD), Setup.ALONE, DataPlace.MEMORY)) {
            assertThat(servers.problems()).isEmpty();
            assertThat(servers.versions())
                    .containsEntry("etcd's data", "in memory")
                    .containsEntry("ZooKeeper's data", "in memory");
            Set<Path> made = foldersInMemory();
            made.removeAll(before);
            assertThat(made)
                    .anySatisfy(folder -> assertThat(folder).isDirectoryRecursivelyContaining("glob:**.wal"))
                    .anySatisfy(folder -> assertThat(folder).isDirectoryRecursivelyContaining("glob:**/version-2"));
        }
    }

    private static Set<Path> foldersInMemory() throws IOException {
        try (Stream<Path> folders = Files.list(SHARED_MEMORY)) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith("holdfast-"))
                    .collect(Collectors.toSet());
        }
    }
}
