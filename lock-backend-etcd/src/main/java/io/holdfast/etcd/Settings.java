package io.holdfast.etcd;

import io.etcd.jetcd.Client;
import io.holdfast.LockOptions;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a connection is made from. Its text says nothing of user and password. */
final class Settings {
    /** A name or an IPv4 address, or an IPv6 address in brackets; and a port. */
    private static final Pattern ENDPOINT =
            Pattern.compile("(https?://)?(\\[[0-9a-fA-F:.%]+]|[^\\s/@:\\[\\],]+)(:\\d{1,5})?/?");

    private static final String HTTPS = "https://";
    private static final String DEFAULT_PORT = ":2379";

    List<String> endpoints = List.of();

    @Nullable
    Client client;

    @Nullable
    String user;

    @Nullable
    String password;

    boolean tls;

    @Nullable
    Path authorities;

    @Nullable
    Path certificate;

    @Nullable
    Path key;

    @Nullable
    SslContext sslContext;

    String prefix = "holdfast/";
    Duration answerTimeout = Duration.ofSeconds(5);
    Duration detectionTime = Duration.ofSeconds(30);
    LockOptions defaultOptions = LockOptions.defaults();

    @Nullable
    Executor callbackExecutor;

    void endpoints(List<String> given) {
        if (given.isEmpty()) {
            throw new IllegalArgumentException("endpoints must name at least one node, as in 'host:2379'");
        }
        List<String> plain = new ArrayList<>();
        int encrypted = 0;
        for (String endpoint : given) {
            var parts = ENDPOINT.matcher(endpoint);
            if (!parts.matches()) {
                // What doesn't look like one may have a password in it, and isn't repeated.
                throw new IllegalArgumentException(
                        "each endpoint must look like 'host:2379', 'http://host:2379' or 'https://host:2379'");
            }
            encrypted += HTTPS.equals(parts.group(1)) ? 1 : 0;
            plain.add(parts.group(2) + (parts.group(3) == null ? DEFAULT_PORT : parts.group(3)));
        }
        if (encrypted > 0 && encrypted < given.size()) {
            throw new IllegalArgumentException("either all endpoints have https or none has");
        }
        tls |= encrypted > 0;
        endpoints = List.copyOf(plain);
    }

    void answerTimeout(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        if (timeout.compareTo(Duration.ofMillis(10)) < 0 || timeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("timeout must be from PT0.01S to PT1H, but was " + timeout);
        }
        answerTimeout = timeout;
    }

    void detectionTime(Duration time) {
        Objects.requireNonNull(time, "time");
        if (time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("time must be from PT1S to PT1H, but was " + time);
        }
        detectionTime = time;
    }

    @Override
    public String toString() {
        return "Settings[endpoints=" + endpoints + ", prefix=" + prefix + "]";
    }
}
