package io.holdfast.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fetches etcd from the distribution's packages and unpacks it under the build's {@code target}, without root and without
 * installing anything. What was unpacked by an earlier build is taken again.
 */
final class EtcdPackages {
    private static final List<String> NAMES = List.of("etcd-server", "etcd-client");
    private static final String ADVICE = " Install etcd and etcdctl, 3.4 or newer, so that they are on the PATH"
            + " (Debian and Ubuntu: apt-get install etcd-server etcd-client), or name the server by -D"
            + EtcdBinary.PROPERTY
            + "=/path/to/etcd.";

    private final Map<String, String> environment;

    /**
     * Makes a way to fetch packages.
     *
     * @param environment what to add to the environment of apt-get
     */
    EtcdPackages(Map<String, String> environment) {
        this.environment = new HashMap<>(environment);
        this.environment.put("LC_ALL", "C");
    }

    /**
     * Unpacks the packages, unless they are there.
     *
     * @return the folder with what would be in the system's root
     * @throws ServerStartException if that can't be done here; the message says what to install
     */
    static Path unpacked() {
        return new EtcdPackages(Map.of()).unpackedInto(BuildFolder.find().resolve("test-servers"));
    }

    /** Unpacks the packages into a folder, unless they are there. Several threads and processes may do so at once. */
    Path unpackedInto(Path all) {
        // Two threads of one JVM can't ask for the file lock at once.
        synchronized (EtcdPackages.class) {
            try {
                return unpackedAlone(all);
            } catch (IOException e) {
                throw new UncheckedIOException("can't unpack etcd into " + all, e);
            }
        }
    }

    private Path unpackedAlone(Path all) throws IOException {
        Path etcd = all.resolve("etcd");
        Files.createDirectories(all);
        try (FileChannel file = FileChannel.open(
                        all.resolve("etcd.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            if (lock.isValid() && !Files.isDirectory(etcd)) {
                unpackInto(etcd);
            }
        }
        return etcd;
    }

    private void unpackInto(Path etcd) throws IOException {
        for (String program : List.of("apt-get", "dpkg")) {
            if (SystemPrograms.onPath(program).isEmpty()) {
                throw new ServerStartException("There is no etcd, and no " + program + " to fetch it with." + ADVICE);
            }
        }
        Path work = Files.createTempDirectory(etcd.getParent(), "etcd-being-unpacked-");
        try {
            download(work);
            Path root = work.resolve("root");
            try (DirectoryStream<Path> packages = Files.newDirectoryStream(work, "*.deb")) {
                for (Path each : packages) {
                    run(List.of("dpkg", "-x", each.toString(), root.toString()), work)
                            .orThrow();
                }
            }
            Files.move(root, etcd, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Folders.remove(work);
        }
    }

    /** The machine's own lists of packages may be missing or too old: then newer ones are fetched, for this time only. */
    private void download(Path work) throws IOException {
        ProgramRun first = aptGet(work, List.of(), "download");
        if (first.succeeded()) {
            return;
        }
        List<String> own = ownLists(work);
        ProgramRun update = aptGet(work, own, "update");
        ProgramRun second = aptGet(work, own, "download");
        if (!second.succeeded()) {
            throw new ServerStartException("There is no etcd, and its packages can't be fetched." + ADVICE + "\n"
                    + first.output() + update.output() + second.output());
        }
    }

    private static List<String> ownLists(Path work) throws IOException {
        Files.createDirectories(work.resolve("state/lists/partial"));
        Files.createDirectories(work.resolve("cache/archives/partial"));
        return List.of(
                "Dir::State=" + work.resolve("state"),
                "Dir::State::Lists=" + work.resolve("state/lists"),
                "Dir::Cache=" + work.resolve("cache"));
    }

    private ProgramRun aptGet(Path work, List<String> options, String action) {
        List<String> command = new ArrayList<>(List.of("apt-get", "-q", "-o", "APT::Sandbox::User=root"));
        options.forEach(option -> command.addAll(List.of("-o", option)));
        command.add(action);
        if (action.equals("download")) {
            command.addAll(NAMES);
        }
        return run(command, work);
    }

    private ProgramRun run(List<String> command, Path work) {
        return ProgramRun.of(command, environment, work);
    }
}
