package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.net.URI;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocksTest {
    @BeforeEach
    void forget() {
        RecordingProvider.OPENED.clear();
    }

    @Test
    void schemeChoosesTheProviderThatGetsTheWholeUri() {
        Locks.open("recording://user:s3cret@host:6379/0?lease=5s").close();
        assertThat(RecordingProvider.OPENED)
                .containsExactly(URI.create("recording://user:s3cret@host:6379/0?lease=5s"));
    }

    @Test
    void providerMayHaveSeveralSchemes() {
        Locks.open("recording+tls://host").close();
        assertThat(RecordingProvider.OPENED).containsExactly(URI.create("recording+tls://host"));
    }

    @Test
    void schemeAloneIsEnough() {
        Locks.open("recording:").close();
        assertThat(RecordingProvider.OPENED).hasSize(1);
    }

    @Test
    void schemeMayBeWrittenInCapitals() {
        Locks.open("Recording://Host").close();
        assertThat(RecordingProvider.OPENED).containsExactly(URI.create("recording://Host"));
    }

    @Test
    void unknownSchemeNamesThoseThatAreKnown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Locks.open("redis://:s3cret@host"))
                .withMessageContaining("'redis'")
                .withMessageContaining("recording+tls")
                .withMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "memory",
                ":",
                ":s3cret@host",
                "//s3cret@host:6379/0",
                "s3cret/host:6379",
                "s3cret@host:6379",
                "s3cret host:6379",
                "1s3cret:6379",
                "?s3cret:6379",
                "#s3cret:6379"
            })
    void textWithoutASchemeIsRefusedAndNotRepeated(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Locks.open(text))
                .withMessageContaining("scheme")
                .withMessageNotContaining("s3cret")
                .withNoCause();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"recording://user:s3 cret@host", "recording:// s3cret", "recording:\\s3cret", "recording:%s3cret"
            })
    void malformedUriIsRefusedAndOnlyItsSchemeIsRepeated(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Locks.open(text))
                .withMessage("uri with the scheme 'recording' is malformed")
                .withNoCause();
        assertThat(RecordingProvider.OPENED).isEmpty();
    }

    @Test
    void uriMustNotBeNull() {
        assertThatNullPointerException().isThrownBy(() -> Locks.open(null)).withMessage("uri");
    }
}
