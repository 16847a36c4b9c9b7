package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LockExceptionsTest {
    private static final LockInfo HOLDER = new LockInfo(
            "orders/42",
            "worker-1",
            7,
            LockStatus.HELD,
            Instant.parse("2026-01-01T00:00:00Z"),
            Instant.parse("2026-01-01T00:00:30Z"),
            Duration.ofSeconds(12),
            3);

    @Test
    void timeoutTellsWhoWantedWhatAndWhoHadIt() {
        LockTimeoutException timeout = new LockTimeoutException("orders/42", "worker-2", Duration.ofSeconds(5), HOLDER);
        assertThat(timeout)
                .hasMessage("client 'worker-2' did not get resource 'orders/42' within PT5S: held by client 'worker-1'"
                        + " since 2026-01-01T00:00:00Z, PT12S of its lease left, 3 waiting");
        assertThat(timeout.resource()).isEqualTo("orders/42");
        assertThat(timeout.client()).isEqualTo("worker-2");
        assertThat(timeout.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(timeout.holder()).contains(HOLDER);
    }

    @Test
    void timeoutTellsAForeignHolderApart() {
        LockInfo foreign = new LockInfo(
                "r", "cron", 0, LockStatus.FOREIGN, HOLDER.acquiredAt(), HOLDER.expiresAt(), Duration.ZERO, 0);
        assertThat(new LockTimeoutException("r", "a", Duration.ZERO, foreign))
                .hasMessageContaining("held by another program, 'cron'");
    }

    @Test
    void timeoutMayNotKnowTheHolder() {
        LockTimeoutException timeout = new LockTimeoutException("r", "a", Duration.ZERO, null);
        assertThat(timeout).hasMessage("client 'a' did not get resource 'r' within PT0S");
        assertThat(timeout.holder()).isEmpty();
    }

    @Test
    void lossTellsWhichHoldHasEndedAndHow() {
        LockLostException lost = new LockLostException("r", "a", 7, "is lost");
        assertThat(lost).hasMessage("hold of resource 'r' by client 'a' (token 7) is lost");
        assertThat(lost.resource()).isEqualTo("r");
        assertThat(lost.client()).isEqualTo("a");
        assertThat(lost.fencingToken()).isEqualTo(7);
    }

    @Test
    void staleTokenTellsBothTokens() {
        StaleTokenException stale = new StaleTokenException("r", 4, 5);
        assertThat(stale).hasMessage("token 4 for resource 'r' is stale: token 5 was accepted before");
    }

    @Test
    void backendFailureSaysWhetherItsOutcomeIsKnown() {
        IOException cause = new IOException("reset");
        assertThat(LockBackendException.notApplied("refused", cause).outcomeKnown())
                .isTrue();
        assertThat(LockBackendException.outcomeUnknown("no answer", null).outcomeKnown())
                .isFalse();
        assertThat(LockBackendException.notApplied("refused", cause))
                .hasMessage("refused")
                .hasCause(cause);
        assertThat(LockBackendException.outcomeUnknown("no answer", null)).hasNoCause();
    }

    @Test
    void backendFailureWithoutACauseMayBeGivenOneLater() {
        IOException cause = new IOException("reset");
        assertThat(LockBackendException.notApplied("refused", null).initCause(cause))
                .hasCause(cause);
    }

    @Test
    void timeoutSurvivesSerializationButForItsHolder() throws Exception {
        LockTimeoutException timeout = new LockTimeoutException("r", "a", Duration.ofSeconds(5), HOLDER);
        LockTimeoutException copy = copyOf(timeout);
        assertThat(copy).hasMessage(timeout.getMessage());
        assertThat(copy.resource()).isEqualTo("r");
        assertThat(copy.client()).isEqualTo("a");
        assertThat(copy.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(copy.holder()).isEmpty();
    }

    @Test
    void lossSurvivesSerialization() throws Exception {
        LockLostException copy = copyOf(new LockLostException("r", "a", 7, "is lost"));
        assertThat(copy).hasMessageEndingWith("is lost");
        assertThat(copy.resource()).isEqualTo("r");
        assertThat(copy.client()).isEqualTo("a");
        assertThat(copy.fencingToken()).isEqualTo(7);
    }

    @Test
    void staleTokenSurvivesSerialization() throws Exception {
        StaleTokenException copy = copyOf(new StaleTokenException("r", 4, 5));
        assertThat(copy.resource()).isEqualTo("r");
        assertThat(copy.token()).isEqualTo(4);
        assertThat(copy.newest()).isEqualTo(5);
    }

    @Test
    void backendFailureSurvivesSerialization() throws Exception {
        LockBackendException copy = copyOf(LockBackendException.notApplied("refused", new IOException("reset")));
        assertThat(copy.outcomeKnown()).isTrue();
        assertThat(copy).hasMessage("refused").hasRootCauseMessage("reset");
    }

    @Test
    void closedSurvivesSerialization() throws Exception {
        assertThat(copyOf(new LockClosedException())).hasMessage("this DistributedLock is closed");
    }

    @SuppressWarnings("unchecked") // A copy is of its original's class.
    private static <T> T copyOf(T original) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(original);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }
}
