package io.holdfast.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinariesTest {
    @Test
    void propertyThatNamesNoProgramIsAnErrorThatNamesIt() {
        System.setProperty("holdfast.test.nothing", "/no/such/program");
        try {
            assertThatThrownBy(() -> SystemPrograms.named("holdfast.test.nothing"))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessageContainingAll("holdfast.test.nothing", "/no/such/program");
        } finally {
            System.clearProperty("holdfast.test.nothing");
        }
    }

    @Test
    void programThatIsNoServerIsAnError() {
        Path shell = SystemPrograms.onPath("true").orElseThrow();
        assertThatThrownBy(() -> RedisBinary.at(shell)).isInstanceOf(ServerStartException.class);
        assertThatThrownBy(() -> EtcdBinary.at(shell)).isInstanceOf(ServerStartException.class);
    }

    @Test
    void etcdctlBelongsToTheServer() {
        EtcdBinary etcd = EtcdBinary.standard();
        String version = ProgramRun.of(
                        List.of(etcd.etcdctl().toString(), "version"), Map.of("ETCDCTL_API", "3"), Path.of("."))
                .orThrow();
        assertThat(version).contains(etcd.version());
    }

    /** A machine without lists of packages, as a fresh container has none. It downloads them, so it takes its time. */
    @Test
    @Tag("long")
    void etcdIsFetchedOnceWhereTheMachineHasNoListsOfPackages(@TempDir Path folder) throws IOException {
        Path noLists =
                Files.createDirectories(folder.resolve("no lists/partial")).getParent();
        Path configuration = folder.resolve("apt.conf");
        Files.writeString(configuration, "Dir::State::Lists \"" + noLists + "\";\n");
        EtcdPackages packages = new EtcdPackages(Map.of("APT_CONFIG", configuration.toString()));

        List<CompletableFuture<Path>> asked = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> packages.unpackedInto(folder.resolve("servers"))))
                .limit(3)
                .toList();

        Path first = asked.get(0).join();
        assertThat(asked).allMatch(other -> other.join().equals(first));
        assertThat(noLists).isDirectoryNotContaining("glob:**.lz4").isDirectoryNotContaining("glob:**_Packages");
        assertThat(EtcdBinary.at(first.resolve("usr/bin/etcd")).version()).isGreaterThanOrEqualTo("3.4");
        try (Stream<Path> left = Files.list(folder.resolve("servers"))) {
            assertThat(left.map(Path::getFileName).map(Path::toString)).containsExactlyInAnyOrder("etcd", "etcd.lock");
        }
    }
}
