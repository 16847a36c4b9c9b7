package io.holdfast.quorum;

import io.holdfast.DistributedLock;
import io.holdfast.LockOptions;
import io.holdfast.LockProvider;
import io.holdfast.core.Backends;
import io.holdfast.core.LockManager;
import io.holdfast.core.SystemTime;
import io.holdfast.spi.LockBackend;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Locks that survive the loss of any minority of several independent servers, typically three or five, with fencing
 * tokens.
 *
 * <pre>{@code
 * DistributedLock locks = QuorumLocks.builder()
 *         .member("a", "redis://10.0.0.1:6379")
 *         .member("b", "redis://10.0.0.2:6379")
 *         .member("c", "redis://10.0.0.3:6379")
 *         .open();
 * }</pre>
 *
 * or {@code Locks.open("quorum:a=redis://10.0.0.1:6379;b=redis://10.0.0.2:6379;c=redis://10.0.0.3:6379")}, where a
 * semicolon inside a member's URI is written as {@code %3B}. The parts {@code longest-lease=PT5M}, {@code member-timeout=PT1S} and
 * {@code first-start=true} are settings, not members.
 *
 * <p>A backend can be a member if it implements {@link io.holdfast.spi.TokenFloor}; others are refused. One Redis server does,
 * alone or behind Sentinels, and so does the in-memory engine.
 *
 * <p>All processes must name the same members in the same order. A server that was restarted without its memory stays out
 * until it has been up for the {@linkplain QuorumBackend.Builder#longestLease longest lease}; new servers need as long
 * before the first lock is granted, unless {@linkplain QuorumBackend.Builder#firstStart first start} is set.
 */
public final class QuorumLocks {
    private QuorumLocks() {}

    /**
     * Begins to configure a quorum.
     *
     * @return a builder without any member
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Configures quorum locks. Not thread-safe. */
    public static final class Builder {
        private final Map<String, String> uris = new LinkedHashMap<>();
        private LockOptions defaultOptions = LockOptions.defaults();
        private @Nullable Duration longestLease;
        private Duration memberTimeout = QuorumBackend.DEFAULT_MEMBER_TIMEOUT;
        private boolean firstStart;

        private Builder() {}

        /**
         * Adds a member.
         *
         * @param name what errors call it
         * @param uri the store, as for {@link io.holdfast.Locks#open}
         * @return this
         * @throws IllegalArgumentException if there is a member of that name
         */
        public Builder member(String name, String uri) {
            Objects.requireNonNull(name, "name");
            if (uris.put(name, Objects.requireNonNull(uri, "uri")) != null) {
                throw new IllegalArgumentException("there are two members of the same name");
            }
            return this;
        }

        /**
         * Sets the options that apply where a call names none.
         *
         * @param options lease and renewal
         * @return this
         */
        public Builder defaultOptions(LockOptions options) {
            this.defaultOptions = Objects.requireNonNull(options, "options");
            return this;
        }

        /**
         * Sets the longest lease, and how long a member stays out that was restarted without its memory.
         *
         * @param lease as for {@link QuorumBackend.Builder#longestLease}
         * @return this
         */
        public Builder longestLease(Duration lease) {
            this.longestLease = Objects.requireNonNull(lease, "lease");
            return this;
        }

        /**
         * Sets how long a member may take to answer; one second unless set. A call fails that has no answer of a majority after
         * twice that.
         *
         * @param timeout as for {@link QuorumBackend.Builder#memberTimeout}
         * @return this
         * @throws IllegalArgumentException if it is shorter than a millisecond
         */
        public Builder memberTimeout(Duration timeout) {
            this.memberTimeout = QuorumBackend.atLeastOneMilli(timeout, "timeout");
            return this;
        }

        /**
         * Says whether this is the very first use of the members.
         *
         * @param first as for {@link QuorumBackend.Builder#firstStart}
         * @return this
         */
        public Builder firstStart(boolean first) {
            this.firstStart = first;
            return this;
        }

        /**
         * Connects to all members.
         *
         * @return the lock, to be closed by the caller
         * @throws IllegalArgumentException if there are fewer than two members, one of the URIs names no backend, or a backend
         *     can't be part of a quorum
         * @throws io.holdfast.LockBackendException if a member could not be reached whose backend connects at once
         */
        public DistributedLock open() {
            SystemTime time = new SystemTime();
            LockBackend backend;
            try {
                backend = connect(time);
            } catch (RuntimeException failure) {
                time.close();
                throw failure;
            }
            return LockManager.builder(backend)
                    .defaultOptions(defaultOptions)
                    .answerTimeout(memberTimeout.multipliedBy(2))
                    .time(time, time)
                    .build();
        }

        private LockBackend connect(SystemTime time) {
            Map<String, LockBackend> members = Backends.connectAll(uris, time, time);
            try {
                QuorumBackend.Builder quorum = QuorumBackend.builder(members, time, time)
                        .firstStart(firstStart)
                        .memberTimeout(memberTimeout)
                        .onClose(time::close);
                if (longestLease != null) {
                    quorum.longestLease(longestLease);
                }
                return quorum.build();
            } catch (RuntimeException failure) {
                members.values().forEach(LockBackend::close);
                throw failure;
            }
        }
    }

    /** Opens {@code quorum:} for {@link io.holdfast.Locks#open}. */
    public static final class Provider implements LockProvider {
        /** For the service loader. */
        public Provider() {}

        @Override
        public Set<String> schemes() {
            return Set.of("quorum");
        }

        @Override
        public DistributedLock open(URI uri) {
            Builder builder = builder();
            Backends.parts(uri).forEach((name, value) -> {
                switch (name) {
                    case "longest-lease" -> builder.longestLease(Backends.duration(name, value));
                    case "member-timeout" -> builder.memberTimeout(Backends.duration(name, value));
                    case "first-start" -> builder.firstStart(Boolean.parseBoolean(value));
                    default -> builder.member(name, value);
                }
            });
            return builder.open();
        }
    }
}
