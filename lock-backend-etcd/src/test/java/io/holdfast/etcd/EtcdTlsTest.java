package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.netty.GrpcSslContexts;
import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.testservers.EtcdServer;
import io.holdfast.testservers.TestCertificate;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections, with and without a client's certificate. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EtcdTlsTest {
    /** For what succeeds, however busy the machine is. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** For what doesn't. */
    private static final Duration IMPATIENCE = Duration.ofSeconds(5);

    private static TestCertificate certificate;
    private static EtcdServer encrypted;
    private static EtcdServer wantsCertificates;
    private static EtcdServer plain;

    @BeforeAll
    static void start() {
        certificate = TestCertificate.get();
        encrypted = EtcdServer.builder().dataInMemory().tls().start();
        wantsCertificates = EtcdServer.builder()
                .dataInMemory()
                .tls()
                .options("--client-cert-auth", "--trusted-ca-file=" + certificate.certificate())
                .start();
        plain = EtcdServer.builder().dataInMemory().start();
    }

    @AfterAll
    static void stop() {
        encrypted.close();
        wantsCertificates.close();
        plain.close();
    }

    private static EtcdLocks.Builder to(EtcdServer server) {
        return EtcdLocks.builder()
                .endpoints("https://127.0.0.1:" + server.port())
                .answerTimeout(IMPATIENCE);
    }

    private static void assertLocks(EtcdLocks.Builder builder) throws InterruptedException {
        try (DistributedLock locks = builder.answerTimeout(PATIENCE).connect();
                LockHandle hold = locks.acquire("encrypted/" + UUID.randomUUID(), "client", Duration.ofSeconds(60))) {
            assertThat(hold.heartbeat()).isTrue();
        }
    }

    @Test
    void trustedServersAreSpokenTo() throws InterruptedException {
        assertLocks(to(encrypted).trust(certificate.certificate()));
    }

    @Test
    void clientsShowTheirCertificate() throws InterruptedException {
        assertLocks(to(wantsCertificates)
                .trust(certificate.certificate())
                .clientCertificate(certificate.certificate(), certificate.key()));
    }

    @Test
    void aContextOfOnesOwnBringsAuthoritiesAndCertificate() throws Exception {
        SslContext context = GrpcSslContexts.forClient()
                .trustManager(certificate.certificate().toFile())
                .build();
        assertLocks(to(encrypted).tls(context));
        assertThatThrownBy(() -> to(encrypted)
                        .tls(context)
                        .trust(certificate.certificate())
                        .connect())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("brings its own authorities");
    }

    @Test
    void aMissingClientCertificateIsSaidSo() {
        assertThatThrownBy(() ->
                        to(wantsCertificates).trust(certificate.certificate()).connect())
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining("no TLS connection to etcd")
                .hasMessageContaining("certificate");
    }

    @Test
    void aServerThatIsNotTrustedIsSaidSo() {
        assertThatThrownBy(() -> to(encrypted).connect())
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining("no TLS connection to etcd")
                .hasMessageContaining("unable to find valid certification path");
    }

    @Test
    void aUriAsksForTls() {
        EtcdLocks.Builder builder = EtcdUri.configure(URI.create("etcds://127.0.0.1:1"), EtcdLocks.builder());
        assertThat(builder.settings.tls).isTrue();
    }

    @Test
    void aServerWithoutTlsIsSaidSo() {
        assertThatThrownBy(() -> to(plain).connect())
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining("etcd can't be reached");
    }

    @Test
    void aServerWithTlsThatIsAskedWithoutIsSaidSo() {
        assertThatThrownBy(() -> EtcdLocks.builder()
                        .endpoints("127.0.0.1:" + encrypted.port())
                        .answerTimeout(IMPATIENCE)
                        .connect())
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining("it may want TLS");
    }

    @Test
    void whatIsNoCertificateIsRefusedAtOnce(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("no-certificate.pem"), "nothing of the kind");
        assertThatThrownBy(() -> to(encrypted).trust(file).connect())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("certificates");
    }
}
