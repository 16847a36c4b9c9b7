package io.holdfast.testservers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for 127.0.0.1 and localhost, signed by itself, that this JVM's servers show to their clients. It is made
 * when it is first asked for, with the JDK's keytool.
 *
 * @param certificate the certificate as a PEM file: what a client must trust
 * @param key the private key as a PEM file
 * @param trustStore a PKCS12 file with the certificate, for clients in Java
 */
public record TestCertificate(Path certificate, Path key, Path trustStore) {
    /** The password of the trust store. */
    public static final String PASSWORD = "changeit";

    private static final String ALIAS = "server";

    private static final class Holder {
        static final TestCertificate CERTIFICATE = make(Folders.make("certificate"));
    }

    /**
     * The certificate.
     *
     * @return the same one for all servers
     * @throws ServerStartException if it can't be made
     */
    public static TestCertificate get() {
        return Holder.CERTIFICATE;
    }

    /**
     * What a client in Java needs to trust the certificate.
     *
     * @return a context that trusts it and nothing else
     */
    public SSLContext sslContext() {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(load(trustStore));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TestCertificate make(Path folder) {
        Path keys = folder.resolve("keys.p12");
        Path certificate = folder.resolve("certificate.pem");
        Path key = folder.resolve("key.pem");
        Path trust = folder.resolve("trust.p12");
        makeKeys(keys);
        try {
            KeyStore store = load(keys);
            writePem(certificate, "CERTIFICATE", store.getCertificate(ALIAS).getEncoded());
            writePem(
                    key,
                    "PRIVATE KEY",
                    store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
            writeTrustStore(trust, store);
        } catch (GeneralSecurityException | IOException e) {
            throw new ServerStartException("can't make a certificate", e);
        }
        return new TestCertificate(certificate, key, trust);
    }

    private static void makeKeys(Path file) {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        ProgramRun.of(List.of(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-ext",
                        "bc:c",
                        "-validity",
                        "3650",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD))
                .orThrow();
    }

    private static KeyStore load(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(content, PASSWORD.toCharArray());
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void writeTrustStore(Path file, KeyStore keys) throws GeneralSecurityException, IOException {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
        try (var out = Files.newOutputStream(file)) {
            trust.store(out, PASSWORD.toCharArray());
        }
    }

    private static void writePem(Path file, String type, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        String pem = "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n";
        Files.writeString(file, pem, StandardCharsets.US_ASCII);
    }
}
