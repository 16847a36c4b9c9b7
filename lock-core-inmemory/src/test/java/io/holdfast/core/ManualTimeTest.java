package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManualTimeTest {
    private final ManualTime time = new ManualTime();
    private final List<String> ran = new ArrayList<>();

    private Scheduler.Cancellable schedule(String name, long delayNanos) {
        return time.schedule(() -> ran.add(name + "@" + time.read()), delayNanos);
    }

    private void advance(long nanos) {
        time.advance(Duration.ofNanos(nanos));
    }

    @Test
    void timeStandsStillUntilItIsMoved() {
        assertThat(time.read()).isZero();
        schedule("a", 10);
        assertThat(time.read()).isZero();
        advance(7);
        assertThat(time.read()).isEqualTo(7);
        assertThat(ran).isEmpty();
    }

    @Test
    void tasksRunInOrderEachAtItsMoment() {
        schedule("c", 30);
        schedule("a", 10);
        schedule("b", 20);
        advance(25);
        assertThat(ran).containsExactly("a@10", "b@20");
        assertThat(time.read()).isEqualTo(25);
        advance(5);
        assertThat(ran).containsExactly("a@10", "b@20", "c@30");
    }

    @Test
    void tasksOfOneMomentRunInTheOrderOfTheirComing() {
        schedule("a", 10);
        schedule("b", 10);
        schedule("c", 10);
        advance(10);
        assertThat(ran).containsExactly("a@10", "b@10", "c@10");
    }

    @Test
    void tasksThatTasksScheduleRunInTheSameStretch() {
        time.schedule(() -> schedule("second", 5), 10);
        advance(20);
        assertThat(ran).containsExactly("second@15");
    }

    @Test
    void dueTaskWaitsForTheNextAdvance() {
        schedule("now", 0);
        schedule("past", -5);
        assertThat(ran).isEmpty();
        advance(0);
        assertThat(ran).containsExactly("now@0", "past@0");
    }

    @Test
    void cancelledTaskDoesNotRun() {
        Scheduler.Cancellable task = schedule("a", 10);
        schedule("b", 10);
        task.cancel();
        task.cancel();
        advance(10);
        assertThat(ran).containsExactly("b@10");
    }

    @Test
    void timeDoesNotStepBack() {
        assertThatIllegalArgumentException().isThrownBy(() -> advance(-1));
    }

    @Test
    void timeMayBeMovedInsideATask() {
        time.schedule(() -> advance(100), 10);
        schedule("b", 20);
        advance(15);
        assertThat(time.read()).isEqualTo(110);
        assertThat(ran).containsExactly("b@20");
    }
}
