package io.holdfast.redis.wire;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * Where Redis is, as a URI says it. Its text never shows the credentials. No message repeats anything of a URI: what stands in the
 * wrong place may be a part of the password.
 *
 * <ul>
 *   <li>{@code redis://[user[:password]@]host[:port][/database][?prefix=…]}, {@code rediss://…} with TLS
 *   <li>{@code redis+sentinel://[…@]host[:port],host[:port]…/name[/database]}, {@code rediss+sentinel://…}
 *   <li>{@code redis+cluster://[…@]host[:port],host[:port]…}, {@code rediss+cluster://…}
 * </ul>
 *
 * @param kind what is there
 * @param servers the server, the Sentinels or some nodes of the Cluster
 * @param master the name that the Sentinels know the primary by, or null
 * @param user whom to log in as, or null
 * @param password the password, or null
 * @param database the database's number
 * @param tls whether to speak TLS
 * @param prefix what keys begin with, or null if the URI doesn't say it
 */
record RedisUri(
        Kind kind,
        List<HostAndPort> servers,
        @Nullable String master,
        @Nullable String user,
        @Nullable String password,
        int database,
        boolean tls,
        @Nullable String prefix) {
    /** What a URI leads to. */
    enum Kind {
        SERVER(6379),
        SENTINEL(26379),
        CLUSTER(6379);

        private final int port;

        Kind(int port) {
            this.port = port;
        }
    }

    static RedisUri parse(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        Kind kind = switch (scheme) {
            case "redis", "rediss" -> Kind.SERVER;
            case "redis+sentinel", "rediss+sentinel" -> Kind.SENTINEL;
            case "redis+cluster", "rediss+cluster" -> Kind.CLUSTER;
            default ->
                throw bad("the scheme must be redis, redis+sentinel or redis+cluster, or the same with rediss for TLS");
        };
        String authority = uri.getRawAuthority();
        if (authority == null) {
            throw bad("no host is given");
        }
        if (uri.getRawFragment() != null) {
            throw bad("it must not have a fragment (#): write # in a password as %23");
        }
        int at = authority.lastIndexOf('@');
        String @Nullable [] login = at < 0 ? null : authority.substring(0, at).split(":", 2);
        List<String> path = path(uri);
        String master = kind == Kind.SENTINEL ? master(path) : null;
        int database = database(kind == Kind.SENTINEL ? path.subList(1, path.size()) : path);
        if (kind == Kind.CLUSTER && database != 0) {
            throw bad("a Cluster has database 0 only");
        }
        return new RedisUri(
                kind,
                servers(authority.substring(at + 1), kind),
                master,
                login == null ? null : emptyToNull(decode(login[0], "the user")),
                login == null ? null : password(login),
                database,
                scheme.startsWith("rediss"),
                prefix(uri.getRawQuery()));
    }

    private static String password(String[] login) {
        if (login.length < 2) {
            throw bad("it has a user but no password: write user:password@host, or :password@host");
        }
        return decode(login[1], "the password");
    }

    private static List<String> path(URI uri) {
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        if (path.indexOf('@') >= 0) {
            throw bad("the path has an @: write / in a password as %2F");
        }
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (!segment.isEmpty()) {
                segments.add(decode(segment, "the path"));
            }
        }
        return segments;
    }

    private static String master(List<String> path) {
        if (path.isEmpty()) {
            throw bad("the path must name the primary that the Sentinels watch: redis+sentinel://host:port/name");
        }
        return path.get(0);
    }

    private static int database(List<String> path) {
        if (path.isEmpty()) {
            return 0;
        }
        String text = path.get(0);
        if (path.size() > 1 || !text.matches("[0-9]{1,5}")) {
            throw bad("the path must be a database's number (write / in a password as %2F)");
        }
        return Integer.parseInt(text);
    }

    private static List<HostAndPort> servers(String text, Kind kind) {
        List<HostAndPort> servers = new ArrayList<>();
        for (String server : text.split(",", -1)) {
            servers.add(server(server, kind));
        }
        if (kind == Kind.SERVER && servers.size() > 1) {
            throw bad("it names more than one server: use redis+sentinel:// or redis+cluster://");
        }
        return List.copyOf(servers);
    }

    private static HostAndPort server(String text, Kind kind) {
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon > text.lastIndexOf(']');
        String host = hasPort ? text.substring(0, colon) : text;
        String port = hasPort ? text.substring(colon + 1) : String.valueOf(kind.port);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty()) {
            throw bad("no host is given");
        }
        int number = port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0;
        if (number < 1 || number > 65_535) {
            throw bad("the port must be a number from 1 to 65535");
        }
        return new HostAndPort(host, number);
    }

    private static @Nullable String prefix(@Nullable String query) {
        if (query != null && query.indexOf('@') >= 0) {
            throw bad("the query has an @: write ? in a password as %3F, and @ in a prefix as %40");
        }
        String prefix = null;
        for (String parameter : query == null ? new String[0] : query.split("&", -1)) {
            String[] pair = parameter.split("=", 2);
            if (!pair[0].equals("prefix") || pair.length < 2) {
                throw bad("the only parameter is prefix (write ? in a password as %3F)");
            }
            prefix = decode(pair[1], "the prefix");
        }
        return prefix;
    }

    /** Percent signs only: a plus sign is a plus sign. */
    private static String decode(String text, String what) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < in.length; i++) {
            if (in[i] == '%') {
                bytes.write(16 * digit(in, i + 1, what) + digit(in, i + 2, what));
                i += 2;
            } else {
                bytes.write(in[i]);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static int digit(byte[] text, int index, String what) {
        int digit = index < text.length ? Character.digit(text[index], 16) : -1;
        if (digit < 0) {
            throw bad(what + " has a percent sign without two hexadecimal digits");
        }
        return digit;
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static IllegalArgumentException bad(String what) {
        return new IllegalArgumentException("not a Redis URI: " + what);
    }

    @Override
    public String toString() {
        return kind + " " + servers + (master == null ? "" : " " + master) + " database " + database;
    }
}
