package io.holdfast.core;

import io.holdfast.LockBackendException;
import io.holdfast.spi.BackendFactory;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stores that a lock is made of, by their names: each is named by a URI, or connected to by a factory. No message of this class repeats a
 * URI. Not thread-safe.
 */
public final class Parts {
    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

    private final String kind;
    private final Map<String, Part> parts = new LinkedHashMap<>();

    /**
     * Begins without any.
     *
     * @param kind what messages call one of them, such as {@code member}
     */
    public Parts(String kind) {
        this.kind = kind;
    }

    /**
     * Adds one.
     *
     * @param name its name
     * @param uri the store, as for {@link io.holdfast.Locks#open}
     * @throws IllegalArgumentException if there is one of that name
     */
    public void add(String name, String uri) {
        add(name, new Named(Objects.requireNonNull(uri, "uri")));
    }

    /**
     * Adds one.
     *
     * @param name its name
     * @param factory connects to the store
     * @throws IllegalArgumentException if there is one of that name
     */
    public void add(String name, BackendFactory factory) {
        add(name, new Configured(Objects.requireNonNull(factory, "factory")));
    }

    private void add(String name, Part part) {
        if (parts.putIfAbsent(Objects.requireNonNull(name, "name"), part) != null) {
            throw new IllegalArgumentException("there are two " + kind + "s of the same name");
        }
    }

    /**
     * Requires that no two are named by the same URI, apart from the user. What is connected to by a factory isn't looked at, and {@code memory:} is
     * another engine each time.
     *
     * @param why what is wrong about it, for the message
     * @throws IllegalArgumentException if two are; the message names both
     */
    public void requireDifferentStores(String why) {
        Map<String, String> names = new HashMap<>();
        parts.forEach((name, part) -> {
            String store = part instanceof Named named ? withoutUser(named.uri) : "";
            boolean maybeTwice = !store.isEmpty() && !store.startsWith("memory:");
            String other = maybeTwice ? names.put(store, name) : null;
            if (other != null) {
                throw new IllegalArgumentException(
                        kind + "s '" + other + "' and '" + name + "' have the same store" + why);
            }
        });
    }

    private static String withoutUser(String uri) {
        String scheme = uri.substring(0, Math.max(0, uri.indexOf(':')));
        return scheme.toLowerCase(Locale.ROOT)
                + uri.substring(scheme.length()).replaceFirst("//[^/]*@", "//").replaceFirst("/+$", "");
    }

    /**
     * Connects to all. One that can't be reached is tried again every second as long as the lock is open, and its commands fail until then, unless none can be reached.
     *
     * @param ticker the time that grants are valid by
     * @param scheduler runs what the backends have to do later; agrees with the ticker
     * @return the backends by their names, in the order in which they were added
     * @throws IllegalArgumentException if a URI isn't one, or no backend on the class path answers to its scheme; nothing stays connected
     * @throws LockBackendException if none can be reached
     */
    public Map<String, LockBackend> connect(Ticker ticker, Scheduler scheduler) {
        Map<String, LockBackend> connected = new LinkedHashMap<>();
        Map<String, LockBackendException> failures = new LinkedHashMap<>();
        List<LateConnection> late = new ArrayList<>();
        try {
            parts.forEach((name, part) -> {
                BackendFactory factory = part.factory();
                try {
                    connected.put(name, factory.backend(ticker, scheduler));
                } catch (LockBackendException failure) {
                    failures.put(name, failure);
                    String what = kind + " '" + name + "'";
                    LateConnection connection = new LateConnection(what, factory, failure, ticker, scheduler);
                    late.add(connection);
                    connected.put(name, new LateBackend(connection));
                }
            });
            requireOne(failures);
        } catch (RuntimeException failure) {
            connected.values().forEach(LockBackend::close);
            throw failure;
        }
        failures.forEach(
                (name, failure) -> LOG.warn("{} '{}' can't be connected to yet: {}", kind, name, failure.getMessage()));
        late.forEach(LateConnection::tryLater);
        return connected;
    }

    private void requireOne(Map<String, LockBackendException> failures) {
        if (!failures.isEmpty() && failures.size() == parts.size()) {
            LockBackendException first = failures.values().iterator().next();
            throw LockBackendException.notApplied(
                    "no " + kind + " can be connected to: "
                            + failures.entrySet().stream()
                                    .map(failed -> kind + " '" + failed.getKey() + "': "
                                            + failed.getValue().getMessage())
                                    .collect(Collectors.joining("; ")),
                    first);
        }
    }

    /** One of the stores. */
    private sealed interface Part {
        BackendFactory factory();
    }

    private record Named(String uri) implements Part {
        @Override
        public BackendFactory factory() {
            return Backends.factory(uri);
        }
    }

    private record Configured(BackendFactory factory) implements Part {}
}
