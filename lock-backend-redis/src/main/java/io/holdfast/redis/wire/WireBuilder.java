package io.holdfast.redis.wire;

import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;

/**
 * Says where Redis is and how long it may take, and makes a {@link Wire}. No message and no text of it shows a password.
 * Not thread-safe.
 */
public final class WireBuilder {
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    private final @Nullable RedisUri uri;
    private final @Nullable UnifiedJedis client;
    private Duration answerTimeout = Duration.ofSeconds(2);
    private @Nullable Duration connectTimeout;
    private String channelPrefix = "holdfast:";
    private @Nullable Durability durability;
    private @Nullable SslOptions sslOptions;
    private @Nullable SSLContext sslContext;
    private @Nullable SSLParameters sslParameters;
    private @Nullable String sentinelUser;
    private @Nullable String sentinelPassword;

    private WireBuilder(@Nullable RedisUri uri, @Nullable UnifiedJedis client) {
        this.uri = uri;
        this.client = client;
    }

    /**
     * Redis where a URI says it is: {@code redis://[user[:password]@]host[:port][/database][?prefix=…]}, {@code rediss://…} for TLS,
     * {@code redis+sentinel://…host:port,host:port/name[/database]} or {@code redis+cluster://…host:port,host:port}; the latter two also
     * with {@code rediss+}. User and password are percent-encoded. The Sentinels are asked without them: see {@link #sentinelCredentials}.
     *
     * @param uri the URI
     * @return a builder
     * @throws IllegalArgumentException if the URI makes no sense; the message doesn't repeat its credentials
     */
    public static WireBuilder to(URI uri) {
        return new WireBuilder(RedisUri.parse(uri), null);
    }

    /**
     * Redis where a URI says it is.
     *
     * @param uri the URI, as in {@link #to(URI)}
     * @return a builder
     * @throws IllegalArgumentException if the URI makes no sense; the message doesn't repeat its credentials
     */
    public static WireBuilder to(String uri) {
        try {
            return to(new URI(uri));
        } catch (URISyntaxException e) {
            // Its own message and text repeat the URI.
            throw new IllegalArgumentException("not a URI: " + e.getReason() + " at index " + e.getIndex());
        }
    }

    /**
     * Redis where an application's own client finds it, with that client's credentials, TLS and timeouts of connecting. The client's pool isn't used: a
     * wire makes its connections by the pool's factory. Closing the wire leaves the client open.
     *
     * @param client a {@code RedisClient}, {@code RedisSentinelClient} or {@code RedisClusterClient}
     * @return a builder
     * @throws IllegalArgumentException if it is any other client, such as one that fails over to an independent database
     */
    public static WireBuilder over(UnifiedJedis client) {
        Objects.requireNonNull(client, "client");
        if (!(client instanceof RedisClient
                || client instanceof RedisSentinelClient
                || client instanceof RedisClusterClient)) {
            throw new IllegalArgumentException(
                    "client must be a RedisClient, RedisSentinelClient or RedisClusterClient, but is a "
                            + client.getClass().getSimpleName());
        }
        return new WireBuilder(null, client);
    }

    /**
     * What the URI says that keys begin with.
     *
     * @return its parameter {@code prefix}, or empty if it has none or there is no URI
     */
    public Optional<String> keyPrefix() {
        return uri == null ? Optional.empty() : Optional.ofNullable(uri.prefix());
    }

    /**
     * Whether it leads to a Cluster.
     *
     * @return true if the URI or the client is one of a Cluster
     */
    public boolean leadsToCluster() {
        return uri == null ? client instanceof RedisClusterClient : uri.kind() == RedisUri.Kind.CLUSTER;
    }

    /**
     * Sets how long a command may take, with reconnections and all; a connection that is silent for half of it is
     * replaced. 2 s unless set.
     *
     * @param timeout at least 10 ms, at most an hour
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public WireBuilder answerTimeout(Duration timeout) {
        answerTimeout = checked("answerTimeout", timeout);
        return this;
    }

    /**
     * Sets how long connecting may take. 1 s unless set; a client of the application has its own, so that this can't be set for it.
     *
     * @param timeout at least 10 ms, at most an hour
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public WireBuilder connectTimeout(Duration timeout) {
        connectTimeout = checked("connectTimeout", timeout);
        return this;
    }

    /**
     * Sets what the names of this process's channels begin with; {@code holdfast:} unless set.
     *
     * @param prefix any text
     * @return this
     */
    public WireBuilder channelPrefix(String prefix) {
        channelPrefix = Objects.requireNonNull(prefix, "prefix");
        return this;
    }

    /**
     * Has commands that want it wait until their writes are durable. Not waited for unless set. All commands may take
     * its timeout longer then, since they share a connection.
     *
     * @param durability who must have confirmed
     * @return this
     */
    public WireBuilder durability(Durability durability) {
        this.durability = Objects.requireNonNull(durability, "durability");
        return this;
    }

    /**
     * Speaks TLS as Jedis's options say, where the URI asks for TLS.
     *
     * @param options key store, trust store, verification
     * @return this
     */
    public WireBuilder ssl(SslOptions options) {
        sslOptions = Objects.requireNonNull(options, "options");
        sslContext = null;
        return this;
    }

    /**
     * Speaks TLS as a context says, where the URI asks for TLS.
     *
     * @param context keys and trusted certificates
     * @param parameters the protocol's parameters, or null for Java's own with the host's name verified
     * @return this
     */
    public WireBuilder ssl(SSLContext context, @Nullable SSLParameters parameters) {
        sslContext = Objects.requireNonNull(context, "context");
        sslOptions = null;
        sslParameters = parameters;
        return this;
    }

    /**
     * Logs in to the Sentinels of the URI.
     *
     * @param user the user, or null for the default one
     * @param password the password
     * @return this
     */
    public WireBuilder sentinelCredentials(@Nullable String user, String password) {
        sentinelUser = user;
        sentinelPassword = Objects.requireNonNull(password, "password");
        return this;
    }

    /**
     * Makes the wire. It connects with the first command.
     *
     * @param ticker the time by which it waits and dates replies
     * @param scheduler what it does later
     * @return the wire, to be closed by the caller
     * @throws IllegalArgumentException if something is set that would do nothing here; the message names it
     */
    public Wire build(Ticker ticker, Scheduler scheduler) {
        refuseWhatWouldDoNothing();
        Limits limits =
                new Limits(answerTimeout, connectTimeout == null ? CONNECT_TIMEOUT : connectTimeout, durability);
        Context context = new Context(limits, ticker, scheduler, channelPrefix, new AtomicReference<>());
        return new RedisWire(uri == null ? router(context) : router(uri, context), context);
    }

    /** Whoever sets the certificates for TLS must not find out later that it was never spoken. */
    private void refuseWhatWouldDoNothing() {
        boolean encrypts = sslOptions != null || sslContext != null;
        if (uri == null) {
            refuse(encrypts, "ssl can't be set for a client of the application, which connects as it does itself");
            refuse(
                    connectTimeout != null,
                    "connectTimeout can't be set for a client of the application: it has its own");
            refuse(
                    sentinelPassword != null,
                    "sentinelCredentials can't be set for a client of the application: it has its own");
        } else {
            refuse(
                    encrypts && !uri.tls(),
                    "ssl is set, but the URI doesn't ask for TLS: it must begin with rediss instead of redis");
            refuse(
                    sentinelPassword != null && uri.kind() != RedisUri.Kind.SENTINEL,
                    "sentinelCredentials are set, but the URI names no Sentinels: it must begin with redis+sentinel");
        }
    }

    private static void refuse(boolean set, String why) {
        if (set) {
            throw new IllegalArgumentException(why);
        }
    }

    private Router router(RedisUri where, Context context) {
        Opener opener = new Opener(
                new ConfiguredDialer(config(where, where.user(), where.password())
                        .database(where.database())
                        .build()),
                where.tls());
        return switch (where.kind()) {
            case SERVER ->
                new OneServer(new Link(new FixedServer(where.servers().get(0), opener), opener, context));
            case SENTINEL -> new OneServer(new Link(new Primary(sentinels(where), opener), opener, context));
            case CLUSTER -> cluster(() -> new LinkedHashSet<>(where.servers()), opener, context);
        };
    }

    private Sentinels sentinels(RedisUri where) {
        JedisClientConfig config = config(where, sentinelUser, sentinelPassword).build();
        return new Sentinels(
                where.servers(),
                Objects.requireNonNull(where.master()),
                new Opener(new ConfiguredDialer(config), where.tls()));
    }

    private Router router(Context context) {
        if (client instanceof RedisClusterClient cluster) {
            return cluster(cluster, context);
        } else if (client instanceof RedisSentinelClient sentinel) {
            Opener opener = new Opener(ClientDialers.of(sentinel), false);
            return new OneServer(new Link(new Primary(ClientDialers.finder(sentinel), opener), opener, context));
        } else {
            Opener opener = new Opener(ClientDialers.of((RedisClient) Objects.requireNonNull(client)), false);
            return new OneServer(new Link(new FixedServer(ClientDialers.server(), opener), opener, context));
        }
    }

    private static Router cluster(RedisClusterClient client, Context context) {
        // The dialer asks what only the Cluster knows, which in turn connects by the dialer.
        AtomicReference<@Nullable Cluster> known = new AtomicReference<>();
        Dialer dialer = ClientDialers.of(client, node -> {
            Cluster cluster = known.get();
            return cluster == null ? -1 : cluster.slotOf(node);
        });
        Cluster cluster = cluster(() -> ClientDialers.nodes(client), new Opener(dialer, false), context);
        known.set(cluster);
        return cluster;
    }

    private static Cluster cluster(Supplier<Set<HostAndPort>> seeds, Opener opener, Context context) {
        return new Cluster(new Slots(seeds, opener), opener, context);
    }

    private DefaultJedisClientConfig.Builder config(RedisUri where, @Nullable String user, @Nullable String password) {
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                // Neither HELLO nor CLIENT SETINFO, so that a user with few rights can connect: this is RESP2.
                .autoNegotiateProtocol(false)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        if (password != null) {
            config.user(user).password(password);
        }
        if (where.tls()) {
            encrypt(config);
        }
        return config;
    }

    @SuppressWarnings("deprecation") // The new way takes files only, no context.
    private void encrypt(DefaultJedisClientConfig.Builder config) {
        config.ssl(true);
        if (sslOptions != null) {
            config.sslOptions(sslOptions);
        } else if (sslContext != null) {
            config.sslSocketFactory(sslContext.getSocketFactory());
            config.sslParameters(sslParameters);
        }
    }

    private static Duration checked(String name, Duration timeout) {
        Objects.requireNonNull(timeout, name);
        if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " must be from 10 ms to 1 h, but is " + timeout);
        }
        return timeout;
    }

    @Override
    public String toString() {
        return "WireBuilder[" + (uri == null ? "a Jedis client" : uri) + "]";
    }
}
