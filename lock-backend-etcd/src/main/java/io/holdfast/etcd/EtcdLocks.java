package io.holdfast.etcd;

import io.etcd.jetcd.Client;
import io.holdfast.DistributedLock;
import io.holdfast.LockOptions;
import io.holdfast.LockProvider;
import io.holdfast.spi.BackendFactory;
import io.holdfast.spi.BackendProvider;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Locks kept by etcd, version 3.4 or newer, one node or a cluster: they survive the loss of a minority of the nodes, and so do their
 * fencing tokens, which are revisions of etcd.
 *
 * <pre>{@code
 * try (DistributedLock locks = EtcdLocks.connect("etcd-1:2379", "etcd-2:2379", "etcd-3:2379")) {
 *     …
 * }
 * }</pre>
 *
 * <p>The keys are those of etcd's own recipe: {@code etcdctl lock holdfast/NAME}, and Go's {@code concurrency.NewMutex} of the same name, exclude
 * and are excluded by the resource {@code NAME}.
 *
 * <p>Leases are whole seconds, and not shorter than what the servers allow, which depends on their election timeout: two seconds by default.
 */
public final class EtcdLocks {
    private EtcdLocks() {}

    /**
     * Connects without authentication and encryption.
     *
     * @param endpoints the nodes, as {@code host:port}, {@code http://host:port} or {@code https://host:port}; those that aren't named aren't used
     * @return the lock, to be closed by the caller
     * @throws IllegalArgumentException if there is none, or one doesn't look like that
     * @throws io.holdfast.LockBackendException if no node answers, or it isn't etcd
     */
    public static DistributedLock connect(String... endpoints) {
        return builder().endpoints(endpoints).connect();
    }

    /**
     * Begins to configure a connection.
     *
     * @return a builder with default settings, in need of endpoints or a client
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Configures a connection to etcd, for locks of its own or as one of several stores. Not thread-safe. */
    public static final class Builder implements BackendFactory {
        final Settings settings = new Settings();

        private Builder() {}

        /**
         * Sets the nodes.
         *
         * @param endpoints as {@code host:port}, {@code http://host:port} or {@code https://host:port}; all with {@code https} or none
         * @return this
         * @throws IllegalArgumentException if there is none, or one doesn't look like that
         */
        public Builder endpoints(String... endpoints) {
            settings.endpoints(List.of(endpoints));
            return this;
        }

        /**
         * Uses a client of jetcd that the caller has configured, instead of endpoints, user and TLS. It isn't closed with the lock. What the client
         * can't do as well as a connection of our own is said in the documentation.
         *
         * @param client a client that is open
         * @return this
         */
        public Builder client(Client client) {
            settings.client = Objects.requireNonNull(client, "client");
            return this;
        }

        /**
         * Sets who this is, for an etcd that wants to know.
         *
         * @param user the user's name
         * @param password the password
         * @return this
         */
        public Builder user(String user, String password) {
            settings.user = Objects.requireNonNull(user, "user");
            settings.password = Objects.requireNonNull(password, "password");
            return this;
        }

        /**
         * Encrypts the connection, and trusts the servers that the JDK trusts.
         *
         * @return this
         */
        public Builder tls() {
            settings.tls = true;
            return this;
        }

        /**
         * Encrypts the connection.
         *
         * @param authorities a file in PEM format with the certificates of those whose signature is trusted
         * @return this
         */
        public Builder trust(Path authorities) {
            settings.tls = true;
            settings.authorities = Objects.requireNonNull(authorities, "authorities");
            return this;
        }

        /**
         * Encrypts the connection, and shows the servers a certificate.
         *
         * @param certificate a file in PEM format
         * @param key a file in PEM format with its private key in PKCS #8, not encrypted
         * @return this
         */
        public Builder clientCertificate(Path certificate, Path key) {
            settings.tls = true;
            settings.certificate = Objects.requireNonNull(certificate, "certificate");
            settings.key = Objects.requireNonNull(key, "key");
            return this;
        }

        /**
         * Encrypts the connection in a way of the caller's own.
         *
         * @param context made with {@code GrpcSslContexts.forClient()}
         * @return this
         */
        public Builder tls(SslContext context) {
            settings.sslContext = Objects.requireNonNull(context, "context");
            return this;
        }

        /**
         * Sets what all keys begin with. Two locks share their resources if they have the same prefix. No prefix should be the beginning of another
         * one that is in use.
         *
         * @param prefix {@code holdfast/} unless set; may be empty
         * @return this
         */
        public Builder prefix(String prefix) {
            settings.prefix = Objects.requireNonNull(prefix, "prefix");
            return this;
        }

        /**
         * Sets how long etcd may take to answer before a call fails. An acquire waits for its own timeout if that is longer.
         *
         * @param timeout from 10 milliseconds to one hour; 5 seconds unless set, which is enough for a cluster to elect a leader
         * @return this
         * @throws IllegalArgumentException if it is shorter or longer
         */
        public Builder answerTimeout(Duration timeout) {
            settings.answerTimeout(timeout);
            return this;
        }

        /**
         * Sets how long a waiting client that has died may hold up those behind it. One that waits for a longer lease than this waits on a lease of
         * this length, which costs two Raft proposals more when its turn comes.
         *
         * @param time from one second to one hour, in whole seconds; 30 seconds unless set
         * @return this
         * @throws IllegalArgumentException if it is shorter or longer
         */
        public Builder detectionTime(Duration time) {
            settings.detectionTime(time);
            return this;
        }

        /**
         * Sets the options that apply where a call names none.
         *
         * @param options lease and renewal
         * @return this
         */
        public Builder defaultOptions(LockOptions options) {
            settings.defaultOptions = Objects.requireNonNull(options, "options");
            return this;
        }

        /**
         * Sets who runs other people's code: listeners to lost holds, and what hangs on the futures of asynchronous acquires.
         *
         * @param executor the common pool unless set; runs it not on the calling thread; isn't shut down with the lock
         * @return this
         */
        public Builder callbackExecutor(Executor executor) {
            settings.callbackExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Connects, and makes sure that etcd answers.
         *
         * @return the lock, to be closed by the caller
         * @throws IllegalArgumentException if the settings contradict each other, or a certificate can't be read
         * @throws io.holdfast.LockBackendException if no node answers, or it isn't etcd, or the user is refused
         */
        public DistributedLock connect() {
            return Connector.lock(settings);
        }

        /** {@inheritDoc} Default options and executor aren't its business. */
        @Override
        public LockBackend backend(Ticker ticker, Scheduler scheduler) {
            return Connector.backend(settings, ticker, scheduler, () -> {});
        }
    }

    /** Opens {@code etcd:} for {@link io.holdfast.Locks#open}. */
    public static final class Provider implements LockProvider, BackendProvider {
        /** For the service loader. */
        public Provider() {}

        @Override
        public Set<String> schemes() {
            return EtcdUri.SCHEMES;
        }

        @Override
        public DistributedLock open(URI uri) {
            return EtcdUri.configure(uri, builder()).connect();
        }

        @Override
        public LockBackend connect(URI uri, Ticker ticker, Scheduler scheduler) {
            return EtcdUri.configure(uri, builder()).backend(ticker, scheduler);
        }
    }
}
