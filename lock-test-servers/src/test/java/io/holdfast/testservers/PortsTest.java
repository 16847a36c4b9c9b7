package io.holdfast.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void jvmsThatRunTestsAtTheSameTimeTakeDifferentPorts() {
        Set<Integer> ofTheFirst = given(() -> Ports.take(1));
        Set<Integer> ofTheSecond = given(() -> Ports.take(2));

        assertThat(ofTheFirst)
                .hasSize(200)
                .allSatisfy(port -> assertThat(port % 8).isEqualTo(1));
        assertThat(ofTheSecond)
                .hasSize(200)
                .allSatisfy(port -> assertThat(port % 8).isEqualTo(2));
    }

    @Test
    void aPortIsTakenOnceUntilItIsGivenBack() {
        assertThat(given(Ports::take)).hasSize(200);
    }

    private static Set<Integer> given(IntSupplier take) {
        Set<Integer> ports =
                IntStream.range(0, 200).mapToObj(i -> take.getAsInt()).collect(Collectors.toSet());
        ports.forEach(Ports::giveBack);
        return ports;
    }
}
