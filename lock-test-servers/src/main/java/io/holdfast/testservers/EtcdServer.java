package io.holdfast.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An etcd node to throw away, alone or as a member of an {@link EtcdCluster}. It elects and expires quickly: heartbeats every
 * 20 ms, an election after 200 ms of silence, unless told otherwise. The shortest lease that it grants depends on that.
 */
public final class EtcdServer extends TestServer {
    private static final int ATTEMPTS = 5;
    private static final Duration REPLY_LIMIT = Duration.ofSeconds(5);

    private final Builder settings;
    private final Member member;
    private final String initialCluster;

    private EtcdServer(Builder settings, Member member, String initialCluster) {
        super(
                "etcd " + settings.binary().version(),
                settings.inMemory ? Folders.makeInMemory(member.name()) : Folders.make(member.name()));
        this.settings = settings;
        this.member = member;
        this.initialCluster = initialCluster;
    }

    /**
     * Starts a single node.
     *
     * @return a server that answers
     * @throws ServerStartException if there is no etcd, or if it doesn't start
     */
    public static EtcdServer start() {
        return builder().start();
    }

    /**
     * Begins to configure nodes.
     *
     * @return what makes servers
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public int port() {
        return member.clientPort();
    }

    @Override
    public String uri() {
        return (settings.tls ? "https" : "http") + "://127.0.0.1:" + port();
    }

    @Override
    public String version() {
        return settings.binary().version();
    }

    /**
     * Runs etcdctl, in its third version, against this node.
     *
     * @param arguments such as {@code "get", "--prefix", "locks/"}
     * @return what it printed
     * @throws ServerStartException if it fails
     */
    public String etcdctl(String... arguments) {
        // A later argument of the same name wins over these times, which a busy machine needs.
        List<String> command = new ArrayList<>(List.of(
                settings.binary().etcdctl().toString(),
                "--endpoints=" + uri(),
                "--dial-timeout=10s",
                "--command-timeout=30s"));
        if (settings.tls) {
            command.add("--cacert=" + TestCertificate.get().certificate());
        }
        command.addAll(List.of(arguments));
        return ProgramRun.of(command, Map.of("ETCDCTL_API", "3"), folder()).orThrow();
    }

    /**
     * What the node measures, in the format of Prometheus.
     *
     * @return a line for each figure
     * @throws UncheckedIOException if it doesn't answer within five seconds
     */
    public String metrics() {
        try {
            return get("/metrics");
        } catch (IOException e) {
            throw new UncheckedIOException(this + " doesn't answer", e);
        }
    }

    /**
     * How many changes the cluster has agreed on since this node started, as this node knows it: the writes, the leases granted
     * and revoked, not the reads.
     *
     * @return the number of Raft proposals that were committed
     */
    public long raftProposals() {
        return (long) metric("etcd_server_proposals_committed_total");
    }

    /**
     * Tells whether this node leads its cluster.
     *
     * @return true for the leader
     */
    public boolean isLeader() {
        return metric("etcd_server_is_leader") == 1;
    }

    /**
     * One figure of {@link #metrics}.
     *
     * @param name its name, without labels
     * @return its value
     * @throws IllegalArgumentException if there is no such figure
     */
    public double metric(String name) {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .map(line -> Double.valueOf(line.substring(name.length() + 1)))
                .orElseThrow(() -> new IllegalArgumentException("etcd measures no " + name));
    }

    @Override
    public void close() {
        super.close();
        member.giveBackPorts();
    }

    @Override
    List<String> command() {
        List<String> command = new ArrayList<>(List.of(
                settings.binary().path().toString(),
                "--name=" + member.name(),
                "--data-dir=" + folder().resolve("data"),
                "--listen-client-urls=" + uri(),
                "--advertise-client-urls=" + uri(),
                "--listen-peer-urls=" + member.peerUri(),
                "--initial-advertise-peer-urls=" + member.peerUri(),
                "--initial-cluster=" + initialCluster,
                "--initial-cluster-token=" + initialCluster.hashCode(),
                "--listen-metrics-urls=http://127.0.0.1:" + member.metricsPort(),
                "--heartbeat-interval=" + settings.heartbeat.toMillis(),
                "--election-timeout=" + settings.election.toMillis()));
        if (settings.tls) {
            TestCertificate certificate = TestCertificate.get();
            command.add("--cert-file=" + certificate.certificate());
            command.add("--key-file=" + certificate.key());
        }
        command.addAll(settings.options);
        return command;
    }

    @Override
    Map<String, String> environment() {
        return Map.of();
    }

    @Override
    boolean hasOpened(String log) {
        return log.contains("ready to serve client requests");
    }

    @Override
    boolean answers() throws IOException {
        return get("/health").contains("true");
    }

    private String get(String path) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + member.metricsPort() + path);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout((int) REPLY_LIMIT.toMillis());
        connection.setReadTimeout((int) REPLY_LIMIT.toMillis());
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** One node among those that know each other. */
    private record Member(String name, int clientPort, int peerPort, int metricsPort) {
        static Member named(String name) {
            return new Member(name, Ports.take(), Ports.take(), Ports.take());
        }

        String peerUri() {
            return "http://127.0.0.1:" + peerPort;
        }

        void giveBackPorts() {
            Ports.giveBack(peerPort);
            Ports.giveBack(metricsPort);
        }
    }

    /** Configures nodes. Not safe for use by several threads. */
    public static final class Builder {
        private final List<String> options = new ArrayList<>();
        private @Nullable EtcdBinary binary;
        private Duration heartbeat = Duration.ofMillis(20);
        private Duration election = Duration.ofMillis(200);
        private boolean inMemory;
        private boolean tls;

        private Builder() {}

        /**
         * Sets which etcd runs.
         *
         * @param etcd the program, {@link EtcdBinary#standard()} unless told otherwise
         * @return this
         */
        public Builder binary(EtcdBinary etcd) {
            this.binary = etcd;
            return this;
        }

        /**
         * Sets how quickly a cluster notices that its leader has gone, and with it the shortest lease: one and a half times the
         * election timeout, rounded up to seconds.
         *
         * @param heartbeatInterval the time between two signs of life of the leader
         * @param electionTimeout the silence after which another node wants to lead, at least five heartbeats
         * @return this
         */
        public Builder timing(Duration heartbeatInterval, Duration electionTimeout) {
            this.heartbeat = heartbeatInterval;
            this.election = electionTimeout;
            return this;
        }

        /**
         * Keeps the data in memory where the system has a folder for that, so that writing through costs nothing. They still
         * outlast the process.
         *
         * @return this
         */
        public Builder dataInMemory() {
            this.inMemory = true;
            return this;
        }

        /**
         * Doesn't write through to the disk, where this etcd can do without; others go on writing through.
         *
         * @return this
         */
        public Builder withoutFsync() {
            String option = "--unsafe-no-fsync";
            if (binary().supports(option)) {
                options.add(option);
            }
            return this;
        }

        /**
         * Speaks TLS only with clients, with the certificate {@link TestCertificate#get}.
         *
         * @return this
         */
        public Builder tls() {
            this.tls = true;
            return this;
        }

        /**
         * Adds options of the command line.
         *
         * @param more such as {@code "--quota-backend-bytes=16777216"}
         * @return this
         */
        public Builder options(String... more) {
            options.addAll(List.of(more));
            return this;
        }

        /**
         * Starts a single node. Each call starts another one.
         *
         * @return a server that answers
         * @throws ServerStartException if there is no etcd, or if it doesn't start
         */
        public EtcdServer start() {
            return startMembers(1).get(0);
        }

        /** Starts nodes that know each other. */
        List<EtcdServer> startMembers(int count) {
            for (int attempt = 1; ; attempt++) {
                List<EtcdServer> servers = members(count);
                try {
                    // The first doesn't answer before most of the others are there.
                    servers.forEach(TestServer::launchWithoutWaiting);
                    servers.forEach(TestServer::awaitAnswer);
                    return servers;
                } catch (ServerStartException e) {
                    boolean again = attempt < ATTEMPTS && servers.stream().anyMatch(TestServer::hasLostItsPort);
                    servers.forEach(EtcdServer::close);
                    if (!again) {
                        throw e;
                    }
                }
            }
        }

        private List<EtcdServer> members(int count) {
            List<Member> members = new ArrayList<>();
            for (int i = 1; i <= count; i++) {
                members.add(Member.named("etcd-" + i));
            }
            List<String> peers = members.stream()
                    .map(member -> member.name() + "=" + member.peerUri())
                    .toList();
            String cluster = String.join(",", peers);
            return members.stream()
                    .map(member -> new EtcdServer(this, member, cluster))
                    .toList();
        }

        private EtcdBinary binary() {
            if (binary == null) {
                binary = EtcdBinary.standard();
            }
            return binary;
        }
    }
}
