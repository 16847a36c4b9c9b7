package io.holdfast.core;

import io.holdfast.DistributedLock;
import io.holdfast.spi.BackendFactory;
import io.holdfast.spi.BackendProvider;
import io.holdfast.spi.LockBackend;
import java.net.URI;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/** Backends that are named by URIs, for locks that are made of several. No message of this class repeats more of a URI than its scheme. */
public final class Backends {
    private Backends() {}

    /**
     * Finds what connects to the store that a URI names. {@code memory:} is a new engine in this process's memory.
     *
     * @param uri the scheme, in letters of either case, chooses the backend; the rest is its configuration
     * @return connects to the store; it throws an {@link IllegalArgumentException} if the URI makes no sense to the backend
     * @throws IllegalArgumentException if the text isn't a URI, or no backend on the class path answers to its scheme
     */
    public static BackendFactory factory(String uri) {
        String scheme = uri.substring(0, Math.max(0, uri.indexOf(':'))).toLowerCase(Locale.ROOT);
        TreeSet<String> known = new TreeSet<>();
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            if (provider.schemes().contains(scheme)) {
                URI parsed = parse(scheme, uri.substring(scheme.length() + 1));
                return (ticker, scheduler) -> provider.connect(parsed, ticker, scheduler);
            }
            known.addAll(provider.schemes());
        }
        throw new IllegalArgumentException(
                "no backend on the class path has the scheme of a part of this lock; there are" + " backends for "
                        + known);
    }

    /**
     * Opens a lock over a backend that is made of several. If that fails, nothing is left open.
     *
     * @param connect connects, by the time that it is given; what it makes ends that time when it is closed
     * @param configure configures the manager
     * @return the lock, to be closed by the caller
     */
    public static DistributedLock open(
            Function<SystemTime, LockBackend> connect, Consumer<LockManager.Builder> configure) {
        SystemTime time = new SystemTime();
        LockBackend backend = null;
        try {
            backend = connect.apply(time);
            LockManager.Builder manager = LockManager.builder(backend).time(time, time);
            configure.accept(manager);
            return manager.build();
        } catch (RuntimeException failure) {
            if (backend != null) {
                backend.close();
            }
            time.close();
            throw failure;
        }
    }

    /**
     * Takes apart what follows the scheme of a lock that is made of several: {@code name=uri;name=uri}. A semicolon inside
     * one of the URIs is written as {@code %3B}.
     *
     * @param uri the whole URI
     * @return names and URIs, in their order
     * @throws IllegalArgumentException if it has another form
     */
    public static Map<String, String> parts(URI uri) {
        Map<String, String> parts = new LinkedHashMap<>();
        for (String part : split(uri)) {
            int equals = part.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "a " + uri.getScheme() + ": URI must read name=uri;name=uri after the colon");
            }
            if (parts.put(part.substring(0, equals), part.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("a " + uri.getScheme() + ": URI names two parts alike");
            }
        }
        return parts;
    }

    /**
     * Reads a part of such a URI that is a setting.
     *
     * @param name the setting
     * @param text its value
     * @return the duration
     * @throws IllegalArgumentException if it isn't one; the message names the setting and doesn't repeat the value
     */
    public static Duration duration(String name, String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException malformed) {
            throw new IllegalArgumentException(name + " must be a duration, as in '" + name + "=PT5S'");
        }
    }

    /**
     * Reads a part of such a URI that is a setting.
     *
     * @param name the setting
     * @param text its value
     * @return whether it is {@code true}
     * @throws IllegalArgumentException if it is neither {@code true} nor {@code false}; the message names the setting and doesn't repeat the value
     */
    public static boolean flag(String name, String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(name + " must be 'true' or 'false'");
        };
    }

    private static List<String> split(URI uri) {
        List<String> parts =
                new ArrayList<>(List.of(uri.getRawSchemeSpecificPart().split(";", -1)));
        parts.removeIf(String::isBlank);
        return parts;
    }

    private static URI parse(String scheme, String rest) {
        try {
            return URI.create(scheme + ":" + (rest.isEmpty() ? "/" : rest));
        } catch (IllegalArgumentException malformed) {
            // Neither the text nor the cause goes into the exception: both repeat the whole URI, password included.
            throw new IllegalArgumentException("a part with the scheme '" + scheme + "' is malformed");
        }
    }
}
