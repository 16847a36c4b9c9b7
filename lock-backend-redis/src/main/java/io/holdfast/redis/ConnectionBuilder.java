package io.holdfast.redis;

import io.holdfast.redis.wire.Wire;
import io.holdfast.redis.wire.WireBuilder;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * What locks and guards are alike in: where Redis is, how to connect, and what the keys begin with. Not thread-safe.
 *
 * @param <B> the builder itself
 */
abstract class ConnectionBuilder<B extends ConnectionBuilder<B>> {
    private final WireBuilder wire;
    private String prefix;
    private Duration answerTimeout = Duration.ofSeconds(1);

    ConnectionBuilder(WireBuilder wire) {
        this.wire = wire;
        this.prefix = wire.keyPrefix().orElse(RedisLocks.DEFAULT_PREFIX);
    }

    abstract B self();

    /**
     * Sets what all keys and channels begin with. What has different prefixes has nothing in common.
     *
     * @param text any text without braces, also none; {@value RedisLocks#DEFAULT_PREFIX} unless set here or in the URI
     * @return this
     */
    public B prefix(String text) {
        this.prefix = Objects.requireNonNull(text, "text");
        return self();
    }

    /**
     * Sets how long Redis may take to answer a call, reconnections and repetitions included, before the call fails.
     *
     * @param timeout from ten milliseconds to one hour; one second unless set
     * @return this
     * @throws IllegalArgumentException if it is shorter or longer
     */
    public B answerTimeout(Duration timeout) {
        wire.answerTimeout(timeout);
        this.answerTimeout = timeout;
        return self();
    }

    /**
     * Sets how long connecting may take.
     *
     * @param timeout from ten milliseconds to one hour; one second unless set; can't be set for a client of the application, which has its own
     * @return this
     * @throws IllegalArgumentException if it is shorter or longer
     */
    public B connectTimeout(Duration timeout) {
        wire.connectTimeout(timeout);
        return self();
    }

    /**
     * Sets the keys and the trusted certificates for TLS, for a URI that asks for it.
     *
     * @param context keys and trusted certificates
     * @param parameters the protocol's parameters, or null for Java's own with the host's name verified
     * @return this
     */
    public B ssl(SSLContext context, @Nullable SSLParameters parameters) {
        wire.ssl(context, parameters);
        return self();
    }

    /**
     * Logs in to the Sentinels of the URI, who don't know the users of the servers that they watch.
     *
     * @param user the user, or null for the default one
     * @param password the password
     * @return this
     */
    public B sentinelCredentials(@Nullable String user, String password) {
        wire.sentinelCredentials(user, password);
        return self();
    }

    final String prefix() {
        return prefix;
    }

    final Duration answerTimeout() {
        return answerTimeout;
    }

    final boolean leadsToCluster() {
        return wire.leadsToCluster();
    }

    final WireBuilder wire() {
        return wire;
    }

    /** Makes a wire, which connects with the first call. */
    final Wire wire(Ticker ticker, Scheduler scheduler) {
        return wire.answerTimeout(answerTimeout).channelPrefix(prefix).build(ticker, scheduler);
    }
}
