package io.holdfast.benchmarks.crew;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.benchmarks.contestants.NamedLocks;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Threads that lock and release, and notice when the lock doesn't do what it is for. */
@Timeout(60)
class CrowdJobTest {
    private static final int SOMEBODY_ELSE = 99;
    private static final int THREADS = 4;
    private static final int MILLIS = 200;

    @TempDir
    Path folder;

    @Test
    void whatIsGrantedIsCountedAndReleased() throws Exception {
        Semaphores locks = new Semaphores((resource, client) -> {});
        Outcome outcome = run(Job.Kind.CROWD, locks, null);

        assertThat(outcome.grants()).hasSize(THREADS);
        assertThat(outcome.allGrants())
                .isPositive()
                .isGreaterThanOrEqualTo(
                        outcome.grants().stream().mapToLong(Long::longValue).sum());
        assertThat(locks.areFree()).isTrue();
    }

    @Test
    void aLockThatExcludesNobodyFailsTheTurn() {
        assertThatThrownBy(() -> run(Job.Kind.CROWD, new ExcludesNobody(), null))
                .isInstanceOf(IllegalStateException.class)
                .message()
                .containsAnyOf("hold the lock at once", "the lock doesn't exclude");
    }

    @Test
    void whoFindsAnotherInsideReleasesAndSaysSo() {
        Path section = folder.resolve("crowd");
        SharedSection.of(section).enter(SOMEBODY_ELSE);
        Semaphores locks = new Semaphores((resource, client) -> {});

        assertThatThrownBy(() -> run(Job.Kind.CROWD, locks, section)).hasMessageContaining("two hold the lock at once");
        assertThat(locks.areFree()).isTrue();
    }

    @Test
    void whoFindsAnotherInsideOfARelayReleasesAndSaysSo() {
        Path section = folder.resolve("relay");
        SharedSection.of(section).enter(SOMEBODY_ELSE);
        Semaphores locks = new Semaphores((resource, client) -> {});

        assertThatThrownBy(() -> run(Job.Kind.RELAY, locks, section)).hasMessageContaining("two hold the lock at once");
        assertThat(locks.areFree()).isTrue();
    }

    @Test
    void anErrorInOneOfTheThreadsFailsTheTurn() {
        AssertionError own = new AssertionError("broken");
        Semaphores locks = new Semaphores((resource, client) -> {
            if (client.equals("client-2")) {
                throw own;
            }
        });
        assertThatThrownBy(() -> run(Job.Kind.CROWD, locks, null)).isSameAs(own);
    }

    private static Outcome run(Job.Kind job, NamedLocks<?> locks, @Nullable Path section) throws Exception {
        Task task = new Task(
                job,
                "resource",
                0,
                THREADS,
                0,
                0,
                0,
                MILLIS,
                1,
                System.nanoTime(),
                section == null ? null : section.toString());
        return job.create().run(locks, task);
    }

    /** Grants everything at once. */
    private static final class ExcludesNobody implements NamedLocks<String> {
        private final Set<String> held = ConcurrentHashMap.newKeySet();

        @Override
        public String acquire(String resource, String client) {
            held.add(client);
            return client;
        }

        @Override
        public void release(String hold) {
            held.remove(hold);
        }
    }
}
