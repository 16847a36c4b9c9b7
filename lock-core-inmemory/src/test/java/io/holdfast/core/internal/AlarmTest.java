package io.holdfast.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.ManualTime;
import io.holdfast.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AlarmTest {
    private final ManualTime time = new ManualTime();
    private final List<Long> rings = new ArrayList<>();
    private final List<Long> delays = new ArrayList<>();
    private final Alarm alarm = new Alarm(time, this::schedule, () -> rings.add(time.read()));

    private Scheduler.Cancellable schedule(Runnable task, long delayNanos) {
        delays.add(delayNanos);
        return time.schedule(task, delayNanos);
    }

    private void advance(long nanos) {
        time.advance(Duration.ofNanos(nanos));
    }

    @Test
    void alarmThatNobodyAskedForDoesNotRing() {
        advance(1_000);
        assertThat(rings).isEmpty();
        assertThat(delays).isEmpty();
    }

    @Test
    void alarmRingsAtTheMomentAndOnce() {
        alarm.ringBy(100);
        advance(99);
        assertThat(rings).isEmpty();
        advance(1_000);
        assertThat(rings).containsExactly(100L);
    }

    @Test
    void earliestMomentWins() {
        alarm.ringBy(300);
        alarm.ringBy(100);
        alarm.ringBy(200);
        advance(1_000);
        assertThat(rings).containsExactly(100L);
    }

    @Test
    void laterMomentThanThePresentOneSchedulesNothing() {
        alarm.ringBy(100);
        alarm.ringBy(100);
        alarm.ringBy(200);
        assertThat(delays).containsExactly(100L);
    }

    @Test
    void alarmMayBeAskedForAgainAfterItRang() {
        alarm.ringBy(100);
        advance(100);
        alarm.ringBy(300);
        advance(300);
        assertThat(rings).containsExactly(100L, 300L);
    }

    @Test
    void momentInThePastRingsAsSoonAsPossibleButNotInsideTheCall() {
        advance(500);
        alarm.ringBy(100);
        assertThat(rings).isEmpty();
        assertThat(delays).containsExactly(0L);
        advance(0);
        assertThat(rings).containsExactly(500L);
    }

    @Test
    void listenerMayAskForTheNextRing() {
        List<Long> heard = new ArrayList<>();
        Alarm[] self = new Alarm[1];
        self[0] = new Alarm(time, time, () -> {
            heard.add(time.read());
            self[0].ringBy(time.read() + 10);
        });
        self[0].ringBy(10);
        advance(35);
        assertThat(heard).containsExactly(10L, 20L, 30L);
    }

    @Test
    void closedAlarmDoesNotRing() {
        alarm.ringBy(100);
        alarm.close();
        alarm.ringBy(50);
        advance(1_000);
        assertThat(rings).isEmpty();
        assertThat(delays).hasSize(1);
    }

    @Test
    void ringThatWasCancelledTooLateIsNotHeard() {
        List<Runnable> tasks = new ArrayList<>();
        Alarm deaf = new Alarm(
                time,
                (task, delay) -> {
                    tasks.add(task);
                    return () -> {};
                },
                () -> rings.add(time.read()));
        deaf.ringBy(200);
        deaf.ringBy(100);
        tasks.get(0).run();
        assertThat(rings).isEmpty();
        tasks.get(1).run();
        assertThat(rings).hasSize(1);
        deaf.ringBy(300);
        deaf.close();
        tasks.get(2).run();
        assertThat(rings).hasSize(1);
    }

    @Test
    void alarmWorksAcrossTheWrapOfTheTicker() {
        long[] now = {Long.MAX_VALUE - 10};
        Alarm late = new Alarm(() -> now[0], this::schedule, () -> rings.add(now[0]));
        late.ringBy(now[0] + 100);
        late.ringBy(now[0] + 50);
        late.ringBy(now[0] + 70);
        assertThat(delays).containsExactly(100L, 50L);
    }

    @Test
    void alarmWorksFromAnyMomentOn() {
        advance(1_000);
        Alarm later = new Alarm(time, this::schedule, () -> rings.add(time.read()));
        later.ringBy(1_100);
        later.ringBy(1_200);
        later.ringBy(1_050);
        assertThat(delays).containsExactly(100L, 50L);
        advance(500);
        assertThat(rings).containsExactly(1_050L);
    }

    @Test
    void whatIsNotNeededAnyMoreIsCancelled() {
        List<Long> cancelled = new ArrayList<>();
        Alarm tidy = new Alarm(time, (task, delay) -> () -> cancelled.add(delay), () -> {});
        tidy.ringBy(200);
        tidy.ringBy(100);
        assertThat(cancelled).containsExactly(200L);
        tidy.close();
        tidy.close();
        assertThat(cancelled).containsExactly(200L, 100L);
    }

    @Test
    void otherThreadsMayAskAtAnyTime() throws Exception {
        alarm.ringBy(300);
        inAnotherThread(() -> alarm.ringBy(100));
        advance(100);
        inAnotherThread(() -> alarm.ringBy(200));
        advance(100);
        assertThat(rings).containsExactly(100L, 200L);
        inAnotherThread(alarm::close);
        alarm.close();
        inAnotherThread(() -> alarm.ringBy(400));
        assertThat(delays).hasSize(3);
    }

    private static void inAnotherThread(Runnable action) throws Exception {
        CompletableFuture.runAsync(action, task -> {
                    Thread thread = new Thread(task);
                    thread.setDaemon(true);
                    thread.start();
                })
                .get(10, TimeUnit.SECONDS);
    }
}
