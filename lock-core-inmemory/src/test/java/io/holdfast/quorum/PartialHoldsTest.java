package io.holdfast.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.inmemory.InMemoryEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartialHoldsTest {
    private static final long LONGEST_LEASE = 1_000;
    private static final Named HOLD = new Named("orders/42", "alice", 7);

    private final Member a = member("a");
    private final Member b = member("b");
    private final Member c = member("c");
    private final PartialHolds holds = new PartialHolds(List.of(a, b, c), LONGEST_LEASE);

    @Test
    void allMembersRenewAHoldThatAllHave() {
        holds.begin(HOLD, List.of(a, b, c), 100, 0);

        assertThat(holds.of(HOLD)).containsExactlyInAnyOrder(a, b, c);
        assertThat(holds.size()).isZero();
    }

    @Test
    void onlyThoseRenewAHoldThatHaveIt() {
        holds.begin(HOLD, List.of(a, b), 100, 0);

        assertThat(holds.of(HOLD)).containsExactlyInAnyOrder(a, b);
        holds.renewed(HOLD, 200);
        assertThat(holds.of(HOLD)).containsExactlyInAnyOrder(a, b);
    }

    @Test
    void whoJoinsRenewsItFromThenOn() {
        holds.begin(HOLD, List.of(a, b), 100, 0);
        holds.join(HOLD, c);

        assertThat(holds.of(HOLD)).containsExactlyInAnyOrder(a, b, c);
        assertThat(holds.size()).isZero();
    }

    @Test
    void aHoldThatIsHandedOutAgainKeepsWhomItHad() {
        holds.begin(HOLD, List.of(a, b), 100, 0);
        holds.begin(HOLD, List.of(b, c), 100, 0);

        assertThat(holds.of(HOLD)).containsExactlyInAnyOrder(a, b, c);
    }

    @Test
    void holdsThatHaveLongBeenOverAreForgotten() {
        long now = 0;
        for (int i = 0; i < 10_000; i++) {
            now += LONGEST_LEASE;
            holds.begin(new Named("orders/" + i, "alice", i + 1), List.of(a, b), now + LONGEST_LEASE, now);
        }

        assertThat(holds.size()).isLessThan(100);
    }

    @Test
    void noneIsForgottenThatMayLast() {
        for (int i = 0; i < 1_000; i++) {
            holds.begin(new Named("orders/" + i, "alice", i + 1), List.of(a, b), 100, LONGEST_LEASE + 100);
        }

        assertThat(holds.size()).isEqualTo(1_000);
    }

    private static Member member(String name) {
        return new Member(name, InMemoryEngine.create().connect());
    }
}
