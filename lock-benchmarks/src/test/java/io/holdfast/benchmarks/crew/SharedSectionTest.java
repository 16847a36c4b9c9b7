package io.holdfast.benchmarks.crew;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two mappings of one file, as two JVMs have them. */
class SharedSectionTest {
    @TempDir
    Path folder;

    private SharedSection one;
    private SharedSection other;

    @BeforeEach
    void map() {
        one = SharedSection.of(folder.resolve("section"));
        other = SharedSection.of(folder.resolve("section"));
    }

    @Test
    void whoComesWhileAnotherIsInsideIsNoticed() {
        one.enter(1);
        assertThatIllegalStateException().isThrownBy(() -> other.enter(2)).withMessageContaining("2 found 1 inside");
    }

    @Test
    void whoLeavesFindsThatAnotherHasComeInside() {
        one.enter(1);
        one.leave(1);
        other.enter(2);
        assertThatIllegalStateException().isThrownBy(() -> one.leave(1)).withMessageContaining("1 found 2 inside");
    }

    @Test
    void whatOneHasDoneTheOtherSees() {
        one.pass(1);
        one.granted(1);
        one.releasing(7);
        assertThat(other.passes()).isEqualTo(1);
        assertThat(other.last()).isEqualTo(1);
        assertThat(other.releasedAt()).isEqualTo(7);
        other.pass(2);
        assertThat(one.passes()).isEqualTo(2);
    }
}
