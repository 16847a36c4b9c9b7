package io.holdfast.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Redis server to throw away. Unless told otherwise it has no password, and keeps nothing on the disk.
 *
 * <pre>{@code
 * try (RedisServer server = RedisServer.start()) {
 *     connectTo(server.uri());
 *     server.pause();
 * }
 * }</pre>
 */
public final class RedisServer extends TestServer {
    private static final int ATTEMPTS = 5;
    private static final Duration REPLY_LIMIT = Duration.ofSeconds(20);

    private final RedisBinary binary;
    private final int port;
    private final @Nullable String password;
    private final boolean sentinel;
    private final boolean tls;
    private final Map<String, String> environment;

    private RedisServer(Builder builder, int port) {
        super("Redis " + builder.binary().version(), Folders.make("redis-" + port));
        this.binary = builder.binary();
        this.port = port;
        this.password = builder.password;
        this.sentinel = builder.sentinel;
        this.tls = builder.tls;
        this.environment = builder.clock == null ? Map.of() : builder.clock.environment();
        writeFile("redis.conf", builder.configuration(port));
    }

    /**
     * Starts a server as it is without any configuration.
     *
     * @return a server that answers
     * @throws ServerStartException if there is no Redis, or if it doesn't start
     */
    public static RedisServer start() {
        return builder().start();
    }

    /**
     * Begins to configure a server.
     *
     * @return what makes servers
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String uri() {
        String user = password == null
                ? ""
                : ":" + URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20") + "@";
        return (tls ? "rediss://" : "redis://") + user + "127.0.0.1:" + port;
    }

    @Override
    public String version() {
        return binary.version();
    }

    /**
     * Sends one command over a connection of its own, as the default user, and waits for its reply up to twenty seconds.
     *
     * @param words the command and its arguments
     * @return a String, a Long, a List of such, or null, as the reply is
     * @throws RedisReplyException if the reply is an error
     * @throws UncheckedIOException if there is no reply
     */
    public @Nullable Object command(String... words) {
        try (RespConnection connection = connect()) {
            return connection.call(words);
        } catch (IOException e) {
            throw new UncheckedIOException(this + " doesn't answer", e);
        }
    }

    /**
     * What the server says of itself.
     *
     * @param section such as "replication"
     * @return lines of the form {@code name:value}
     */
    public String info(String section) {
        return String.valueOf(command("INFO", section));
    }

    boolean isPrimary() {
        return info("replication").contains("role:master");
    }

    /** Tells whether this is a primary, or a replica that has all that its primary had. */
    boolean isSettled() {
        String info = info("replication");
        return info.contains("role:master") || info.contains("master_link_status:up");
    }

    @Override
    List<String> command() {
        List<String> command = new ArrayList<>(
                List.of(binary.path().toString(), folder().resolve("redis.conf").toString()));
        if (sentinel) {
            command.add("--sentinel");
        }
        return command;
    }

    @Override
    Map<String, String> environment() {
        return environment;
    }

    @Override
    boolean hasOpened(String log) {
        return log.contains(sentinel ? "+monitor master" : "Ready to accept connections");
    }

    @Override
    boolean answers() throws IOException {
        try (RespConnection connection = connect()) {
            return connection.call("PING") != null;
        } catch (RedisReplyException e) {
            // Whoever may not ask has been answered all the same.
            return !String.valueOf(e.getMessage()).startsWith("LOADING");
        }
    }

    /** A connection as the default user. */
    RespConnection connect() throws IOException {
        Socket socket =
                tls ? TestCertificate.get().sslContext().getSocketFactory().createSocket() : new Socket();
        socket.setSoTimeout((int) REPLY_LIMIT.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) REPLY_LIMIT.toMillis());
        RespConnection connection = new RespConnection(socket);
        if (password != null) {
            connection.call("AUTH", password);
        }
        return connection;
    }

    private void writeFile(String name, List<String> lines) {
        try {
            Files.write(folder().resolve(name), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** When a server writes its append-only file through to the disk. */
    public enum Fsync {
        /** Before each reply: nothing that was confirmed is lost. */
        ALWAYS,
        /** Once in a second. */
        EVERYSEC,
        /** When the system pleases. A killed server loses nothing by it, a machine without power does. */
        NO
    }

    /** Configures servers. Not safe for use by several threads. */
    public static final class Builder {
        private final List<String> lines = new ArrayList<>();
        private @Nullable RedisBinary binary;
        private @Nullable String password;
        private int port;
        private boolean sentinel;
        private boolean tls;
        private @Nullable WallClock clock;

        private Builder() {}

        /**
         * Sets which Redis runs.
         *
         * @param redis the program, {@link RedisBinary#standard()} unless told otherwise
         * @return this
         */
        public Builder binary(RedisBinary redis) {
            this.binary = redis;
            return this;
        }

        /**
         * Sets the port.
         *
         * @param fixed which, a free one unless told otherwise
         * @return this
         */
        public Builder port(int fixed) {
            this.port = fixed;
            return this;
        }

        /**
         * Asks the default user for a password.
         *
         * @param secret the password, without quotes and backslashes
         * @return this
         */
        public Builder password(String secret) {
            this.password = secret;
            return config("requirepass \"" + secret + "\"", "masterauth \"" + secret + "\"");
        }

        /**
         * Adds a user.
         *
         * @param rules the name and the rules, as in a users' file: {@code "ann on >secret ~locks:* +@all"}
         * @return this
         */
        public Builder user(String rules) {
            return config("user " + rules);
        }

        /**
         * Keeps the data on the disk, so that they survive {@link #kill} and {@link #restart}.
         *
         * @param fsync when to write through
         * @return this
         */
        public Builder appendOnly(Fsync fsync) {
            return config("appendonly yes", "appendfsync " + fsync.name().toLowerCase(Locale.ROOT));
        }

        /**
         * Speaks TLS only, with the certificate {@link TestCertificate#get}.
         *
         * @return this
         */
        public Builder tls() {
            this.tls = true;
            return this;
        }

        /**
         * Gives the server a wall clock that a test can set.
         *
         * @param wallClock what it reads; more than one server may read the same
         * @return this
         * @throws ServerStartException if no Redis at hand obeys it, see {@link WallClock#redis}
         */
        public Builder clock(WallClock wallClock) {
            this.clock = wallClock;
            return binary(wallClock.redis().orElseThrow(() -> new ServerStartException(WallClock.NO_REDIS)));
        }

        /**
         * Makes the server a replica. It needs the same password.
         *
         * @param primary whom it follows
         * @return this
         */
        public Builder replicaOf(RedisServer primary) {
            return config("replicaof 127.0.0.1 " + primary.port);
        }

        /** Makes the server no store but a sentinel of one. */
        Builder sentinelOf(String name, RedisServer primary, int quorum, Duration downAfter) {
            this.sentinel = true;
            config(
                    "sentinel monitor " + name + " 127.0.0.1 " + primary.port + " " + quorum,
                    "sentinel down-after-milliseconds " + name + " " + downAfter.toMillis(),
                    "sentinel failover-timeout " + name + " 2000");
            return primary.password == null ? this : config("sentinel auth-pass " + name + " " + primary.password);
        }

        /**
         * Adds lines to the configuration file; they win over those that are there already.
         *
         * @param more such as {@code "maxmemory 1mb"}
         * @return this
         */
        public Builder config(String... more) {
            lines.addAll(List.of(more));
            return this;
        }

        /**
         * Starts a server. Each call starts another one.
         *
         * @return a server that answers
         * @throws ServerStartException if there is no Redis, or if it doesn't start
         */
        public RedisServer start() {
            for (int attempt = 1; ; attempt++) {
                RedisServer server = new RedisServer(this, port == 0 ? Ports.take() : port);
                try {
                    server.launch();
                    return server;
                } catch (ServerStartException e) {
                    boolean again = server.hasLostItsPort() && port == 0 && attempt < ATTEMPTS;
                    server.close();
                    if (!again) {
                        throw e;
                    }
                }
            }
        }

        private RedisBinary binary() {
            if (binary == null) {
                binary = RedisBinary.standard();
            }
            return binary;
        }

        private List<String> configuration(int chosen) {
            List<String> all = new ArrayList<>(List.of("bind 127.0.0.1", "dir ."));
            all.addAll(tls ? tlsPort(chosen) : List.of("port " + chosen));
            if (!sentinel) {
                all.addAll(List.of("save \"\"", "appendonly no", "repl-diskless-sync-delay 0"));
            }
            all.addAll(lines);
            return all;
        }

        private static List<String> tlsPort(int chosen) {
            TestCertificate certificate = TestCertificate.get();
            return List.of(
                    "port 0",
                    "tls-port " + chosen,
                    "tls-cert-file " + certificate.certificate(),
                    "tls-key-file " + certificate.key(),
                    "tls-ca-cert-file " + certificate.certificate(),
                    "tls-auth-clients no");
        }
    }
}
