package io.holdfast.quorum;

import io.holdfast.DistributedLock;
import io.holdfast.LockOptions;
import io.holdfast.LockProvider;
import io.holdfast.core.Backends;
import io.holdfast.core.LockManager;
import io.holdfast.core.Parts;
import io.holdfast.core.SystemTime;
import io.holdfast.core.internal.QuorumLimits;
import io.holdfast.spi.BackendFactory;
import io.holdfast.spi.LockBackend;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
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
 * {@code first-start=true} are settings, not members, and so is {@code default-lease=PT30S}, the lease of calls that name none.
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
        private final Parts members = new Parts("member");
        private LockOptions defaultOptions = LockOptions.defaults();
        private Duration longestLease = QuorumLimits.LONGEST_LEASE;
        private Duration memberTimeout = QuorumLimits.MEMBER_TIMEOUT;
        private boolean firstStart;
        private @Nullable Executor callbackExecutor;

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
            members.add(name, uri);
            return this;
        }

        /**
         * Adds a member that needs more than a URI says.
         *
         * @param name what errors call it
         * @param factory connects to the store, such as a {@code RedisLocks.Builder}: its own default options and executor mean nothing here
         * @return this
         * @throws IllegalArgumentException if there is a member of that name
         */
        public Builder member(String name, BackendFactory factory) {
            members.add(name, factory);
            return this;
        }

        /**
         * Sets the options that apply where a call names none.
         *
         * @param options lease and renewal; the lease no longer than the longest
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
         * @throws IllegalArgumentException if it is shorter or longer than that
         */
        public Builder longestLease(Duration lease) {
            this.longestLease = QuorumLimits.longestLease(lease);
            return this;
        }

        /**
         * Sets how long a member may take to answer; one second unless set. A call fails that has no answer of a majority after
         * twice that.
         *
         * @param timeout as for {@link QuorumBackend.Builder#memberTimeout}
         * @return this
         * @throws IllegalArgumentException if it is shorter or longer than that
         */
        public Builder memberTimeout(Duration timeout) {
            this.memberTimeout = QuorumLimits.memberTimeout(timeout);
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
         * Sets who runs other people's code: listeners to lost holds, and what hangs on the futures of asynchronous acquires.
         *
         * @param executor as for {@link LockManager.Builder#callbackExecutor}
         * @return this
         */
        public Builder callbackExecutor(Executor executor) {
            this.callbackExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Connects to all members. Those that can't be reached may come later, if any can.
         *
         * @return the lock, to be closed by the caller
         * @throws IllegalArgumentException if there are fewer than two members, two have the same URI, one of the URIs names no backend, a backend
         *     can't be part of a quorum, or the default lease is longer than the longest
         * @throws io.holdfast.LockBackendException if none of the members can be reached
         */
        public DistributedLock open() {
            members.requireDifferentStores(", which would have their votes alone: take another server");
            QuorumLimits.requireDefaultLease(defaultOptions, longestLease);
            return Backends.open(this::connect, manager -> {
                manager.defaultOptions(defaultOptions);
                if (callbackExecutor != null) {
                    manager.callbackExecutor(callbackExecutor);
                }
            });
        }

        private LockBackend connect(SystemTime time) {
            Map<String, LockBackend> stores = members.connect(time, time);
            try {
                return QuorumBackend.builder(stores, time, time)
                        .firstStart(firstStart)
                        .memberTimeout(memberTimeout)
                        .longestLease(longestLease)
                        .onClose(time::close)
                        .build();
            } catch (RuntimeException failure) {
                stores.values().forEach(LockBackend::close);
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
                    case "default-lease" ->
                        builder.defaultOptions(LockOptions.defaults().withLease(Backends.duration(name, value)));
                    case "first-start" -> builder.firstStart(Backends.flag(name, value));
                    default -> builder.member(name, value);
                }
            });
            return builder.open();
        }
    }
}
