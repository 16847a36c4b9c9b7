package io.holdfast.etcd;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.holdfast.DistributedLock;
import io.holdfast.core.LockManager;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes connections from {@link Settings}. */
final class Connector {
    private static final Duration SECOND = Duration.ofSeconds(1);
    /** The shortest interval that etcd puts up with unasked is five seconds, and gRPC's is ten. */
    private static final long PING_SECONDS = 10;

    private static final long PONG_SECONDS = 3;
    private static final int LARGEST_ANSWER = 64 << 20;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Connector() {}

    static DistributedLock lock(Settings settings) {
        SystemTime time = new SystemTime();
        try {
            EtcdBackend backend = backend(settings, time, time, time::close);
            LockManager.Builder manager = LockManager.builder(backend)
                    .defaultOptions(settings.defaultOptions)
                    .answerTimeout(settings.answerTimeout)
                    .time(time, time);
            if (settings.callbackExecutor != null) {
                manager.callbackExecutor(settings.callbackExecutor);
            }
            return manager.build();
        } catch (RuntimeException failed) {
            time.close();
            throw failed;
        }
    }

    /** Connects, and asks etcd for its shortest lease, which tells whether it is there. */
    static EtcdBackend backend(Settings settings, Ticker ticker, Scheduler scheduler, Runnable onClose) {
        return backend(wire(settings, ticker, scheduler), settings, ticker, scheduler, onClose);
    }

    static EtcdBackend backend(Wire wire, Settings settings, Ticker ticker, Scheduler scheduler, Runnable onClose) {
        try {
            Store store = new Store(wire, ticker, scheduler, settings.answerTimeout.toNanos());
            long minSeconds = shortestLease(store);
            RevocationWarning.check(store);
            Capabilities capabilities = new Capabilities("etcd", Duration.ofSeconds(minSeconds), SECOND, true);
            String process = Long.toHexString(RANDOM.nextLong());
            long detection = Math.max(minSeconds, settings.detectionTime.toSeconds());
            Keys keys = new Keys(settings.prefix);
            return new EtcdBackend(new Desk(keys, store, process, minSeconds, detection), capabilities, onClose);
        } catch (RuntimeException failed) {
            wire.close();
            throw failed;
        }
    }

    private static long shortestLease(Store store) {
        try {
            return store.repeat("connecting", store.deadline(), timeout -> grantShortest(store, timeout))
                    .join();
        } catch (CompletionException failed) {
            throw Failures.of("connecting", failed, true);
        }
    }

    private static CompletableFuture<Long> grantShortest(Store store, long timeout) {
        long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        return store.wire().grant(id, 1, timeout).thenApply(granted -> {
            // It may as well run out by itself.
            CompletableFuture<?> unused = store.wire().revoke(granted.getID(), store.answerNanos());
            return granted.getTTL();
        });
    }

    static Wire wire(Settings settings, Ticker ticker, Scheduler scheduler) {
        if (settings.client != null) {
            if (!settings.endpoints.isEmpty() || settings.user != null || settings.tls || settings.sslContext != null) {
                throw new IllegalArgumentException("a client brings its own endpoints, user and TLS");
            }
            return new ClientWire(settings.client, ticker, scheduler, settings.answerTimeout.toNanos() / 2);
        }
        if (settings.endpoints.isEmpty()) {
            throw new IllegalArgumentException("endpoints must be set");
        }
        SslContext encryption = encryption(settings);
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("holdfast-etcd", true), NioIoHandler.newFactory());
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget("ip:///" + String.join(",", settings.endpoints))
                .eventLoopGroup(loop)
                .channelType(NioSocketChannel.class)
                // What is done with an answer is short, and a hop to another thread isn't.
                .directExecutor()
                .defaultLoadBalancingPolicy("round_robin")
                .disableRetry()
                .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(PONG_SECONDS, TimeUnit.SECONDS)
                .maxInboundMessageSize(LARGEST_ANSWER);
        ManagedChannel channel = (encryption == null ? builder.usePlaintext() : builder.sslContext(encryption)).build();
        long timeout = settings.answerTimeout.toNanos() / 2;
        Login login = settings.user == null || settings.password == null
                ? null
                : new Login(channel, settings.user, settings.password, timeout);
        return new GrpcWire(channel, login, ticker, scheduler, timeout, () -> {
            var unused = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        });
    }

    private static @Nullable SslContext encryption(Settings settings) {
        if (settings.sslContext != null && (settings.authorities != null || settings.certificate != null)) {
            throw new IllegalArgumentException("an SslContext brings its own authorities and certificate");
        }
        if (settings.sslContext != null || !settings.tls) {
            return settings.sslContext;
        }
        SslContextBuilder builder = GrpcSslContexts.forClient();
        try {
            if (settings.authorities != null) {
                builder.trustManager(settings.authorities.toFile());
            }
            if (settings.certificate != null && settings.key != null) {
                builder.keyManager(settings.certificate.toFile(), settings.key.toFile());
            }
            return builder.build();
        } catch (SSLException | IllegalArgumentException unreadable) {
            throw new IllegalArgumentException("the certificates or the key can't be used", unreadable);
        }
    }
}
