package io.holdfast.conformance.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker itself: histories that are known to be right or wrong. Times are small numbers, leases 100 unless said. */
class HistoryCheckerTest {
    private static final Rules FAIR = new Rules(true, Duration.ZERO);

    private final List<Call> history = new ArrayList<>();
    private String resource = "r";

    @Test
    void acceptsHandOversInOrder() {
        acquire("a", 1, 0, 5);
        valid("a", 1, 6, 7);
        release("a", 1, 8, 9, Outcome.DONE);
        acquire("b", 2, 4, 12);
        inspect("b", 2, 13, 14);
        release("b", 2, 15, 16, Outcome.DONE);
        sawFree(17, 18);

        assertThat(violations()).isEmpty();
    }

    @Test
    void acceptsAnExpiredLease() {
        acquire("a", 1, 0, 5);
        acquire("b", 2, 50, 106);
        release("a", 1, 107, 110, Outcome.NOTHING);
        renew("a", 1, 111, 112, Outcome.NOTHING);

        assertThat(violations()).isEmpty();
    }

    @Test
    void acceptsARenewalThatWasCarriedOutWithoutAnAnswer() {
        acquire("a", 1, 0, 5);
        call(Kind.RENEW, 0, "a", 1, 0, 50, Call.NEVER, Call.NEVER, Outcome.UNKNOWN);
        inspect("a", 1, 130, 131);

        assertThat(violations()).isEmpty();
    }

    @Test
    void acceptsAGrantThatNobodyHeardOf() {
        call(Kind.ACQUIRE, 7, "crashed", 0, 100, 0, Call.NEVER, Call.NEVER, Outcome.UNKNOWN);
        inspect("crashed", 1, 20, 21);
        acquire("b", 2, 30, 120);

        assertThat(violations()).isEmpty();
    }

    @Test
    void findsTwoHoldersAtOnce() {
        acquire("a", 1, 0, 5);
        valid("a", 1, 6, 7);
        acquire("b", 2, 8, 9);
        valid("b", 2, 10, 11);
        valid("a", 1, 12, 13);

        assertThat(rules()).containsExactly("mutual exclusion");
    }

    @Test
    void findsAGrantWhileAnotherHoldsEvenIfNobodyLookedMeanwhile() {
        acquire("a", 1, 0, 5);
        acquire("b", 2, 8, 9);
        release("a", 1, 12, 13, Outcome.DONE);

        assertThat(rules()).containsExactly("linearizability");
    }

    @Test
    void findsATokenThatIsNotGreater() {
        acquire("a", 5, 0, 1);
        release("a", 5, 2, 3, Outcome.DONE);
        acquire("b", 4, 4, 6);

        assertThat(rules()).containsExactly("fencing");
    }

    @Test
    void findsATokenThatTwoClientsWereGiven() {
        acquire("a", 5, 0, 1);
        release("a", 5, 2, 3, Outcome.DONE);
        acquire("b", 5, 2, 6);

        assertThat(rules()).contains("fencing");
    }

    @Test
    void findsAHoldOfARequestThatWasWithdrawn() {
        call(Kind.ACQUIRE, 7, "a", 0, 100, 0, 2, Call.NEVER, Outcome.UNKNOWN);
        call(Kind.WITHDRAW, 7, "a", 0, 0, 10, Call.NEVER, 12, Outcome.DONE);
        inspect("a", 1, 20, 21);

        assertThat(rules()).containsExactly("withdrawal");
    }

    @Test
    void findsAHoldThatOutlivedItsWithdrawalByWhatItKeptFromOthers() {
        call(Kind.ACQUIRE, 7, "a", 1, 100, 0, Call.NEVER, 3, Outcome.DONE);
        call(Kind.WITHDRAW, 7, "a", 0, 0, 10, Call.NEVER, 12, Outcome.DONE);
        renew("a", 1, 20, 21, Outcome.DONE);

        assertThat(rules()).containsExactly("linearizability");
    }

    @Test
    void findsAWaiterThatWasPassedOver() {
        acquire("a", 1, 0, 1);
        call(Kind.ACQUIRE, 7, "b", 3, 100, 2, 4, 40, Outcome.DONE);
        call(Kind.ACQUIRE, 8, "c", 2, 100, 5, 6, 30, Outcome.DONE);
        release("a", 1, 20, 21, Outcome.DONE);
        release("c", 2, 31, 32, Outcome.DONE);

        assertThat(rules()).containsExactly("first come, first served");
    }

    @Test
    void letsAStoreThatIsNotFairPassWaitersOver() {
        findsAWaiterThatWasPassedOver();

        assertThat(new HistoryChecker(new Rules(false, Duration.ZERO)).check(history))
                .isEmpty();
    }

    @Test
    void findsALeaseThatEndedTooSoon() {
        acquire("a", 1, 0, 5);
        sawFree(90, 95);

        assertThat(rules()).containsExactly("linearizability");
    }

    @Test
    void findsALeaseThatNeverEnded() {
        acquire("a", 1, 0, 5);
        inspect("a", 1, 106, 107);

        assertThat(rules()).containsExactly("linearizability");
        assertThat(new HistoryChecker(new Rules(true, Duration.ofNanos(2))).check(history))
                .isEmpty();
    }

    @Test
    void findsARenewalThatRevived() {
        acquire("a", 1, 0, 5);
        release("a", 1, 6, 7, Outcome.DONE);
        renew("a", 1, 8, 9, Outcome.DONE);

        assertThat(rules()).containsExactly("linearizability");
    }

    @Test
    void findsAReleaseThatEndedNothing() {
        acquire("a", 1, 0, 5);
        release("a", 1, 6, 7, Outcome.DONE);
        release("a", 1, 8, 9, Outcome.DONE);

        assertThat(rules()).containsExactly("linearizability");
    }

    @Test
    void findsAReleaseThatEndedANewerHold() {
        acquire("a", 1, 0, 5);
        release("a", 1, 6, 7, Outcome.DONE);
        acquire("a", 2, 8, 9);
        release("a", 1, 10, 11, Outcome.NOTHING);
        sawFree(12, 13);

        assertThat(rules()).containsExactly("linearizability");
    }

    @Test
    void judgesEachResourceAlone() {
        acquire("a", 1, 0, 5);
        resource = "other";
        acquire("b", 2, 6, 7);

        assertThat(violations()).isEmpty();
    }

    @Test
    void showsAViolationAsTextAndAsAPicture() {
        findsAWaiterThatWasPassedOver();
        Timeline timeline = new Timeline(violations().get(0), history);

        assertThat(timeline.text())
                .startsWith("first come, first served: b was waiting for r when c asked for it")
                .contains("*      0.000 .. 0.000      p  acquire r b token 3  -> done");
        assertThat(timeline.svg()).startsWith("<svg").contains("#d32f2f").endsWith("</svg>\n");
    }

    private List<Violation> violations() {
        return new HistoryChecker(FAIR).check(history);
    }

    private List<String> rules() {
        return violations().stream().map(Violation::rule).toList();
    }

    private void acquire(String client, long token, long from, long to) {
        call(Kind.ACQUIRE, history.size() + 1_000, client, token, 100, from, Call.NEVER, to, Outcome.DONE);
    }

    private void release(String client, long token, long from, long to, Outcome outcome) {
        call(Kind.RELEASE, 0, client, token, 0, from, Call.NEVER, to, outcome);
    }

    private void renew(String client, long token, long from, long to, Outcome outcome) {
        call(Kind.RENEW, 0, client, token, 0, from, Call.NEVER, to, outcome);
    }

    private void valid(String client, long token, long from, long to) {
        call(Kind.VALID, 0, client, token, 0, from, Call.NEVER, to, Outcome.DONE);
    }

    private void inspect(String client, long token, long from, long to) {
        call(Kind.INSPECT, 0, client, token, 0, from, Call.NEVER, to, Outcome.DONE);
    }

    private void sawFree(long from, long to) {
        call(Kind.INSPECT, 0, "", 0, 0, from, Call.NEVER, to, Outcome.NOTHING);
    }

    private void call(
            Kind kind,
            long request,
            String client,
            long token,
            long lease,
            long startedAt,
            long queuedAt,
            long endedAt,
            Outcome outcome) {
        history.add(new Call(
                "p", kind, request, resource, client, token, lease, 1_000, startedAt, queuedAt, endedAt, outcome));
    }
}
