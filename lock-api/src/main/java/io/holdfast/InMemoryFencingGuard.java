package io.holdfast;

import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Guards data that lives in this process. It remembers one number for each resource it has ever seen, because to forget
 * one would be to accept a stale token: use it for a set of resources that is bounded.
 */
public final class InMemoryFencingGuard implements FencingGuard {
    private final ConcurrentHashMap<String, Newest> newestByResource = new ConcurrentHashMap<>();

    /** Makes a guard that has accepted nothing yet. */
    public InMemoryFencingGuard() {}

    @Override
    public boolean accept(String resource, long token) {
        Newest newest = of(resource, token);
        newest.lock();
        try {
            return newest.admits(token);
        } finally {
            newest.unlock();
        }
    }

    /**
     * Checks the token and writes, as one step: no other write to this resource through this guard happens between the
     * two. A write that throws still counts as one with its token.
     *
     * @param resource the resource that is written
     * @param token the fencing token of the writer's hold, greater than 0
     * @param write what to do if the token is accepted; runs on the calling thread
     * @param <T> what the write returns
     * @return what the write returned
     * @throws StaleTokenException if a greater token was accepted before; nothing was written then
     * @throws IllegalArgumentException if the token is not greater than 0
     */
    public <T extends @Nullable Object> T write(String resource, long token, Supplier<T> write) {
        Objects.requireNonNull(write, "write");
        Newest newest = of(resource, token);
        newest.lock();
        try {
            if (!newest.admits(token)) {
                throw new StaleTokenException(resource, token, newest.token);
            }
            return write.get();
        } finally {
            newest.unlock();
        }
    }

    private Newest of(String resource, long token) {
        Objects.requireNonNull(resource, "resource");
        if (token <= 0) {
            throw new IllegalArgumentException("token must be greater than 0, but was " + token);
        }
        return newestByResource.computeIfAbsent(resource, name -> new Newest());
    }

    /** The greatest token accepted for one resource, and the lock that makes check and write one step. */
    private static final class Newest extends ReentrantLock {
        private static final long serialVersionUID = 1L;

        private long token;

        boolean admits(long candidate) {
            if (candidate < token) {
                return false;
            }
            token = candidate;
            return true;
        }
    }
}
