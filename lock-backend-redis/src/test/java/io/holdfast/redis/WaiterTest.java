package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spi.AcquireRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaiterTest {
    private final Waiter waiter = new Waiter(new AcquireRequest(1, "resource", "client", 1000, 1, 0), List.of());

    @Test
    void nobodyElseAsksBeforeTheFirstAskingIsOver() {
        assertThat(waiter.wantAsking()).isFalse();
    }

    @Test
    void whatWasWantedMeanwhileIsDoneAfterwardsAndOnce() {
        boolean unused = waiter.wantAsking();
        assertThat(waiter.endFirstAsking()).isTrue();
        assertThat(waiter.endFirstAsking()).isFalse();
    }

    @Test
    void afterTheFirstAskingWhoeverWantsItAsks() {
        assertThat(waiter.endFirstAsking()).isFalse();
        assertThat(waiter.wantAsking()).isTrue();
        assertThat(waiter.wantAsking()).isFalse();
    }
}
