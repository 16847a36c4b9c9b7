package io.holdfast.conformance.broken;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Stores whose queues are wrong. */
final class BrokenQueues {
    private BrokenQueues() {}

    /** Takes a wait of zero for a wait without end. */
    static final class WithoutRefusal extends SimpleStore {
        WithoutRefusal(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        AcquireReply refuse(SimpleConnection from, Slot slot, Hold hold, AcquireRequest request) {
            return enqueue(from, slot, hold, request);
        }
    }

    /** Lets a waiter that has given up stay in the queue. */
    static final class WithoutWithdrawal extends SimpleStore {
        WithoutWithdrawal(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        void scheduleDrop(Slot slot, Wish wish) {}

        @Override
        Optional<LockInfo> withdraw(AcquireRequest request) {
            return inspect(request.resource());
        }
    }

    /** Gives each request a place of its own. */
    static final class WithDuplicates extends SimpleStore {
        WithDuplicates(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        String place(AcquireRequest request) {
            return request.client() + request.id();
        }
    }

    /** Is a stack. */
    static final class LastInFirstOut extends SimpleStore {
        LastInFirstOut(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        @Nullable
        List<Wish> nextPlace(Slot slot) {
            List<String> places = new ArrayList<>(slot.queue.keySet());
            return places.isEmpty() ? null : slot.queue.remove(places.get(places.size() - 1));
        }
    }

    /** Grants to waiters that nobody can reach any more. */
    static final class WithDeadWaiters extends SimpleStore {
        WithDeadWaiters(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        void disconnect(SimpleConnection gone, LockBackendException reason) {
            // Those who wait are told, but the queue isn't.
            forEachSlot(slot -> slot.queue
                    .values()
                    .forEach(place -> place.stream()
                            .filter(wish -> wish.from() == gone)
                            .forEach(wish -> effect(() -> wish.answer().completeExceptionally(reason)))));
        }
    }

    /** Leaves a released resource free for a moment, for whoever comes first. */
    static final class WithOvertaking extends SimpleStore {
        WithOvertaking(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        AcquireReply acquire(SimpleConnection from, AcquireRequest request) {
            Slot slot = slot(request.resource());
            if (slot.handedOver) {
                // As if the waiter, who has been told, came too late.
                slot.hold = null;
            }
            return super.acquire(from, request);
        }
    }

    /** Answers all waiters as soon as one is served. */
    static final class WakingAll extends SimpleStore {
        WakingAll(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        void handOver(Slot slot) {
            super.handOver(slot);
            for (List<Wish> place = slot.takeFirst(); place != null; place = slot.takeFirst()) {
                place.forEach(wish -> effect(() -> wish.answer().complete(Optional.empty())));
            }
        }
    }

    /** Serves the waiters only when a lease ends, not at a release. */
    static final class LosingAWakeUp extends SimpleStore {
        LosingAWakeUp(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        void tell(Wish wish, Grant grant) {
            Slot slot = slot(wish.request().resource());
            if (slot.lastExpired) {
                super.tell(wish, grant);
            }
        }
    }

    /** Has a thread sit beside each waiter. */
    static final class ThreadPerWaiter extends SimpleStore {
        ThreadPerWaiter(Ticker ticker, Scheduler scheduler) {
            super(ticker, scheduler);
        }

        @Override
        AcquireReply enqueue(SimpleConnection from, Slot slot, Hold hold, AcquireRequest request) {
            AcquireReply.Queued queued = (AcquireReply.Queued) super.enqueue(from, slot, hold, request);
            CountDownLatch answered = new CountDownLatch(1);
            queued.grant().whenComplete((grant, failure) -> answered.countDown());
            Thread waiting = new Thread(
                    () -> {
                        try {
                            answered.await();
                        } catch (InterruptedException ended) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "waiter");
            waiting.setDaemon(true);
            waiting.start();
            return queued;
        }

        @Override
        Optional<LockInfo> withdraw(AcquireRequest request) {
            slot(request.resource()).queue.values().stream()
                    .flatMap(List::stream)
                    .filter(wish -> wish.request().id() == request.id())
                    .forEach(wish -> effect(() -> wish.answer().complete(Optional.empty())));
            return super.withdraw(request);
        }
    }
}
