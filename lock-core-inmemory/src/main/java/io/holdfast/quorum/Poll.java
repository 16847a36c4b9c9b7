package io.holdfast.quorum;

import io.holdfast.spi.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One question to all members at once. It is over when all have answered, or a majority has and the others are suspect, as they are
 * after a quarter of the time for an answer, or that time is over.
 */
final class Poll<T> {
    private final List<Member> members;
    private final Settings settings;
    private final AtomicReferenceArray<@Nullable Answer<T>> answers;
    private final CompletableFuture<List<Answer<T>>> result = new CompletableFuture<>();

    private volatile boolean allAsked;

    private Poll(List<Member> members, Settings settings) {
        this.members = members;
        this.settings = settings;
        this.answers = new AtomicReferenceArray<>(members.size());
    }

    /** Asks all members; gives one answer for each, in their order. */
    static <T> CompletableFuture<List<Answer<T>>> of(
            List<Member> members, Settings settings, Function<Member, CompletionStage<T>> question) {
        Poll<T> poll = new Poll<>(members, settings);
        poll.ask(question);
        return poll.result;
    }

    private void ask(Function<Member, CompletionStage<T>> question) {
        boolean allThere = true;
        // The first member comes last: whoever waits, waits there, and finds the others free when its turn comes.
        for (int i = members.size() - 1; i >= 0; i--) {
            Member member = members.get(i);
            CompletableFuture<T> answer = member.call(() -> question.apply(member));
            allThere &= answer.isDone();
            follow(i, answer);
        }
        if (!allThere) {
            after(settings.patience(), this::suspectTheSilent);
            after(settings.memberTimeout(), this::end);
        }
        allAsked = true;
        checkOver();
    }

    private void after(long time, Runnable task) {
        Scheduler.Cancellable timer = settings.scheduler().schedule(task, time);
        CompletableFuture<?> unused = result.whenComplete((over, failure) -> timer.cancel());
    }

    private void follow(int place, CompletableFuture<T> answer) {
        CompletableFuture<?> unused = answer.whenComplete((value, thrown) -> {
            answers.set(
                    place,
                    thrown == null ? new Answer<>(value, null) : new Answer<>(null, LockBackendExceptions.in(thrown)));
            checkOver();
        });
    }

    private void checkOver() {
        if (!allAsked) {
            return;
        }
        int there = 0;
        boolean worthWaiting = false;
        for (int i = 0; i < members.size(); i++) {
            Answer<T> answer = answers.get(i);
            there += answer != null && answer.isThere() ? 1 : 0;
            worthWaiting |= answer == null && !members.get(i).isSuspect();
        }
        boolean majority = there > members.size() / 2;
        if (!worthWaiting && (majority || noneIsMissing())) {
            end();
        }
    }

    private boolean noneIsMissing() {
        for (int i = 0; i < members.size(); i++) {
            if (answers.get(i) == null) {
                return false;
            }
        }
        return true;
    }

    /** From now on, they aren't waited for if a majority has answered. */
    private void suspectTheSilent() {
        for (int i = 0; i < members.size(); i++) {
            if (answers.get(i) == null) {
                members.get(i).suspect();
            }
        }
        checkOver();
    }

    private void end() {
        if (result.isDone()) {
            return;
        }
        List<Answer<T>> all = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            Answer<T> answer = answers.get(i);
            all.add(answer == null ? new Answer<>(null, members.get(i).silence()) : answer);
        }
        result.complete(all);
    }
}
