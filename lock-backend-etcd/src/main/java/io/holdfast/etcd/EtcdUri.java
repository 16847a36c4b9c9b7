package io.holdfast.etcd;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * Reads {@code etcd://user:password@host:port,host:port/prefix}, or {@code etcds://…} for TLS. Several hosts are no host in the eyes of
 * {@link URI}, so the authority is taken apart here. No message repeats it: it may hold a password.
 */
final class EtcdUri {
    private static final String TLS = "etcds";

    static final Set<String> SCHEMES = Set.of("etcd", TLS);

    private EtcdUri() {}

    static EtcdLocks.Builder configure(URI uri, EtcdLocks.Builder builder) {
        String authority = uri.getRawAuthority();
        if (authority == null || authority.isEmpty()) {
            throw new IllegalArgumentException("an etcd: URI must name a host, as in 'etcd://host:2379/prefix'");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("an etcd: URI has nothing after its prefix");
        }
        int at = authority.lastIndexOf('@');
        if (at >= 0) {
            login(authority.substring(0, at), builder);
        }
        if (uri.getScheme().toLowerCase(Locale.ROOT).equals(TLS)) {
            builder.tls();
        }
        prefix(uri.getRawPath(), builder);
        return builder.endpoints(authority.substring(at + 1).split(",", -1));
    }

    private static void login(String login, EtcdLocks.Builder builder) {
        int colon = login.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("an etcd: URI with a user must have a password, too");
        }
        builder.user(decode(login.substring(0, colon)), decode(login.substring(colon + 1)));
    }

    /** The path {@code /a/b} is the prefix {@code a/b/}. */
    private static void prefix(String path, EtcdLocks.Builder builder) {
        String prefix = decode(path).replaceFirst("^/", "");
        if (!prefix.isEmpty()) {
            builder.prefix(prefix.endsWith("/") ? prefix : prefix + "/");
        }
    }

    private static String decode(String text) {
        // A plus sign is one; only forms mean a blank by it.
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
