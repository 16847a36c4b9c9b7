package io.holdfast.testservers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The etcd program on this machine, with etcdctl in the same folder or on the PATH.
 *
 * @param path where it is
 * @param version such as 3.4.23
 */
public record EtcdBinary(Path path, String version) {
    /** The system property that names an etcd to take instead of all others. */
    public static final String PROPERTY = "holdfast.etcd.server";

    private static final Logger LOG = LoggerFactory.getLogger(EtcdBinary.class);
    private static final Pattern VERSION = Pattern.compile("etcd Version: (\\S+)");
    private static final ConcurrentMap<Path, EtcdBinary> FOUND = new ConcurrentHashMap<>();

    /**
     * The server that tests use: the one that the system property {@value #PROPERTY} names, else etcd from the PATH, else the
     * one in the packages of a Debian or Ubuntu, which are unpacked into the build's folder without being installed.
     *
     * @return a server
     * @throws ServerStartException if there is none; the message says what to install
     */
    public static EtcdBinary standard() {
        return at(SystemPrograms.named(PROPERTY)
                .or(() -> SystemPrograms.onPath("etcd"))
                .orElseGet(() -> EtcdPackages.unpacked().resolve("usr/bin/etcd")));
    }

    /**
     * A server that was found by other means.
     *
     * @param path its program
     * @return the server
     * @throws ServerStartException if the program can't be run, or isn't etcd
     */
    public static EtcdBinary at(Path path) {
        return FOUND.computeIfAbsent(path, EtcdBinary::ask);
    }

    /**
     * The command line client that belongs to the server.
     *
     * @return the path of etcdctl
     * @throws ServerStartException if it is neither beside the server nor on the PATH
     */
    public Path etcdctl() {
        Path beside = path.resolveSibling("etcdctl");
        if (Files.isExecutable(beside)) {
            return beside;
        }
        return SystemPrograms.onPath("etcdctl")
                .orElseThrow(() -> new ServerStartException("There is no etcdctl beside " + path
                        + " nor on the PATH. Install it (Debian and Ubuntu: apt-get install etcd-client)."));
    }

    boolean supports(String option) {
        return ProgramRun.of(List.of(path.toString(), "--help")).output().contains(option);
    }

    private static EtcdBinary ask(Path path) {
        String answer = ProgramRun.of(List.of(path.toString(), "--version")).orThrow();
        Matcher version = VERSION.matcher(answer);
        if (!version.find()) {
            throw new ServerStartException(path + " is no etcd: it says " + answer);
        }
        LOG.info("etcd {} from {}", version.group(1), path);
        return new EtcdBinary(path, version.group(1));
    }
}
