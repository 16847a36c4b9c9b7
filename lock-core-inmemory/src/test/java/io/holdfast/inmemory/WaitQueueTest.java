package io.holdfast.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spi.AcquireRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitQueueTest {
    private final WaitQueue queue = new WaitQueue();

    private static AcquireRequest request(long id, String client) {
        return new AcquireRequest(id, "resource", client, 1_000, 1_000, 0);
    }

    private AcquireRequest add(long id, String client) {
        AcquireRequest request = request(id, client);
        queue.add(request, 0);
        return request;
    }

    /** The requests that are left, those of one place together. */
    private List<List<Long>> pollAll() {
        List<List<Long>> all = new ArrayList<>();
        for (List<WaitQueue.Waiter> place = queue.poll(); place != null; place = queue.poll()) {
            all.add(place.stream().map(waiter -> waiter.request().id()).toList());
        }
        assertThat(queue.size()).isZero();
        return all;
    }

    @Test
    void requestsOfOneClientShareItsPlace() {
        add(1, "one");
        add(2, "one");
        add(2, "one");
        assertThat(queue.size()).isEqualTo(1);
        assertThat(pollAll()).containsExactly(List.of(1L, 2L));
    }

    @Test
    void whoCameFirstStaysFirstWhenOthersCome() {
        add(1, "one");
        add(2, "two");
        add(3, "three");
        add(4, "one");
        assertThat(queue.size()).isEqualTo(3);
        assertThat(pollAll()).containsExactly(List.of(1L, 4L), List.of(2L), List.of(3L));
    }

    @Test
    void aLoneClientsPlaceIsGoneWithItsLastRequest() {
        AcquireRequest first = add(1, "one");
        AcquireRequest second = add(2, "one");
        assertThat(queue.remove(first)).isTrue();
        assertThat(queue.remove(first)).isFalse();
        assertThat(queue.remove(request(2, "two"))).isFalse();
        assertThat(queue.size()).isEqualTo(1);
        assertThat(queue.remove(second)).isTrue();
        assertThat(pollAll()).isEmpty();
    }

    @Test
    void aQueueThatWasEmptyAgainServesInOrder() {
        AcquireRequest first = add(1, "one");
        add(2, "two");
        queue.remove(first);
        assertThat(pollAll()).containsExactly(List.of(2L));
        add(3, "three");
        add(4, "one");
        assertThat(pollAll()).containsExactly(List.of(3L), List.of(4L));
        add(5, "five");
        assertThat(pollAll()).containsExactly(List.of(5L));
    }
}
