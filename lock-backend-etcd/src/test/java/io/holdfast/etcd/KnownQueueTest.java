package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KnownQueueTest {
    private final KnownQueue queue = new KnownQueue();

    private static ByteString key(String name) {
        return ByteString.copyFromUtf8(name);
    }

    private static KeyValue ticket(String name, long token) {
        return KeyValue.newBuilder().setKey(key(name)).setCreateRevision(token).build();
    }

    private static Reading reading(long revision, KeyValue... tickets) {
        return new Reading(Stream.of(tickets).toList(), true, revision);
    }

    @Test
    void theOldestTicketIsTheFirst() {
        assertThat(queue.learn(reading(9, ticket("new", 8), ticket("old", 5)))).isTrue();
        assertThat(queue.first()).contains(key("old"));
        queue.end(key("old"), 10);
        assertThat(queue.first()).contains(key("new"));
        queue.end(key("new"), 11);
        assertThat(queue.first()).isEmpty();
    }

    @Test
    void aReadingOfPartOfTheQueueTellsNothing() {
        Reading part = new Reading(reading(9, ticket("old", 5)).tickets(), false, 9);
        assertThat(queue.learn(part)).isFalse();
        assertThat(queue.upTo()).isZero();
        assertThat(queue.first()).isEmpty();
    }

    @Test
    void aReadingThatANewerOneHasOvertakenIsLeftOut() {
        queue.learn(reading(9, ticket("new", 8)));
        assertThat(queue.learn(reading(7, ticket("old", 5)))).isFalse();
        assertThat(queue.first()).contains(key("new"));
    }

    @Test
    void whatEndedAfterAReadingIsNotThere() {
        queue.end(key("old"), 10);
        queue.learn(reading(9, ticket("old", 5), ticket("new", 8)));
        assertThat(queue.first()).contains(key("new"));
    }

    @Test
    void whatCameAfterAnEndUnderTheSameKeyIsThere() {
        queue.learn(reading(9, ticket("key", 8)));
        queue.end(key("key"), 7);
        assertThat(queue.first()).contains(key("key"));

        queue.end(key("key"), 10);
        queue.learn(reading(12, ticket("key", 11)));
        assertThat(queue.first()).contains(key("key"));
    }

    @Test
    void anEndThatWasToldIsOneOfWhateverIsKnown() {
        queue.learn(reading(9, ticket("old", 5)));
        assertThat(queue.hasEnded(key("later"), 12)).isFalse();
        queue.end(key("later"), 13);
        assertThat(queue.hasEnded(key("later"), 12)).isTrue();
        assertThat(queue.hasEnded(key("later"), 14)).isFalse();
    }

    @Test
    void whatAReadingDoesNotShowHasEndedIfItWasThereBefore() {
        queue.learn(reading(9, ticket("old", 5)));
        assertThat(queue.hasEnded(key("old"), 5)).isFalse();
        assertThat(queue.hasEnded(key("older"), 4)).isTrue();
        assertThat(queue.hasEnded(key("old"), 4)).isTrue();
        assertThat(queue.hasEnded(key("later"), 10)).isFalse();
    }

    @Test
    void aReadingFromBeforeAForgottenEndIsOfNoUse() {
        for (int i = 0; i < 1_000; i++) {
            queue.end(key("old-" + i), 100 + i);
        }
        assertThat(queue.learn(reading(99, ticket("old-0", 5)))).isFalse();
        assertThat(queue.learn(reading(1_099, ticket("new", 1_050)))).isTrue();
        assertThat(queue.first()).contains(key("new"));
    }

    @Test
    void afterAnInterruptionNothingIsKnown() {
        queue.learn(reading(9, ticket("old", 5)));
        queue.forget();
        assertThat(queue.upTo()).isZero();
        assertThat(queue.first()).isEqualTo(Optional.empty());
        assertThat(queue.learn(reading(9, ticket("old", 5)))).isTrue();
    }
}
