package io.holdfast.conformance.simulation;

import io.holdfast.LockBackendException;
import io.holdfast.LockInfo;
import io.holdfast.LockStatus;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Capabilities;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import io.holdfast.spi.Scheduler;
import io.holdfast.spi.TokenFloor;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * What an adapter does for a real store: it sends commands over a connection that may fail, repeats those that aren't
 * answered, asks again for whatever waits after each reconnection, and says of each hold until when it certainly lasts.
 */
final class SimulatedBackend implements LockBackend, TokenFloor {
    private static final long MILLION = 1_000_000L;
    private static final long PING_EVERY = 300 * World.MILLIS;

    private final World world;
    private final SimulatedProcess process;
    private final Observer observer;
    private final Bug bug;
    private final Session session;
    private final Map<Long, Command<SimulatedServer.Reply>> asked = new LinkedHashMap<>();
    private final Map<Long, Waiter> waiters = new LinkedHashMap<>();
    private boolean pinging;
    private Scheduler.Cancellable pingTimer = () -> {};

    SimulatedBackend(Network network, SimulatedProcess process, SimulatedServer server, Observer observer, Bug bug) {
        this.world = network.world();
        this.process = process;
        this.observer = observer;
        this.bug = bug;
        this.session = new Session(network, process, server, this::reconnected);
    }

    /** The present connection, for those who break it. */
    Link link() {
        return session.link();
    }

    SimulatedServer server() {
        return session.server();
    }

    private void reconnected() {
        if (asksAgain()) {
            List.copyOf(waiters.values()).forEach(Waiter::askAgain);
        }
    }

    /** Asks now and then for a sign of life: a message that never comes can't be missed in any other way. */
    private void ping() {
        if (!pinging && !waiters.isEmpty() && asksAgain()) {
            pinging = true;
            pingTimer = process.schedule(this::pingNow, PING_EVERY);
        }
    }

    private void pingNow() {
        if (waiters.isEmpty() || session.isClosed()) {
            pinging = false;
            return;
        }
        session.ask(() -> "ping", (link, sentAt) -> true).start().whenComplete((pong, failure) -> {
            pinging = false;
            ping();
        });
    }

    boolean asksAgain() {
        return bug != Bug.WAITERS_FORGOTTEN_AT_RECONNECT;
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        CompletableFuture<AcquireReply> answer = new CompletableFuture<>();
        Waiter waiter = new Waiter(this, process, request);
        Command<SimulatedServer.Reply> command = askFor(request, waiter::turnCame);
        asked.put(request.id(), command);
        command.start().whenComplete((reply, failure) -> {
            asked.remove(request.id(), command);
            if (failure != null) {
                answerFailure(answer, request, failure);
            } else {
                answer(answer, waiter, command.sentAt(), reply);
            }
        });
        return answer;
    }

    private void answerFailure(CompletableFuture<AcquireReply> answer, AcquireRequest request, Throwable failure) {
        if (bug == Bug.FAILURE_READS_AS_HELD) {
            Instant epoch = Instant.EPOCH;
            answer.complete(new AcquireReply.Held(
                    new LockInfo(request.resource(), "somebody", 1, LockStatus.HELD, epoch, epoch, Duration.ZERO, 0)));
        } else {
            answer.completeExceptionally(failure);
        }
    }

    private void answer(
            CompletableFuture<AcquireReply> answer, Waiter waiter, long sentAt, SimulatedServer.Reply reply) {
        AcquireRequest request = waiter.request();
        if (reply instanceof SimulatedServer.Reply.Queued queued) {
            waiters.put(request.id(), waiter);
            ping();
            waiter.queued(queued, sentAt);
            answer.complete(new AcquireReply.Queued(queued.holder(), waiter.turn()));
        } else if (reply instanceof SimulatedServer.Reply.Granted granted) {
            answer.complete(grant(request, granted, sentAt));
        } else if (reply instanceof SimulatedServer.Reply.Held held) {
            answer.complete(new AcquireReply.Held(held.holder()));
        } else {
            answer.complete(overGrant(request, (SimulatedServer.Reply.Spent) reply));
        }
    }

    /** The command that asks for a resource; the listener hears when the request's turn has come. */
    Command<SimulatedServer.Reply> askFor(AcquireRequest request, Consumer<SimulatedServer.Turn> onTurn) {
        return session.ask(() -> "acquire " + show(request), (link, sentAt) -> {
            // A request that may be queued already must not read as one that may not wait.
            long shortest = request.waitNanos() > 0 ? 1 : 0;
            long left = Math.max(shortest, request.waitNanos() - (sentAt - request.startedAt()));
            AcquireRequest now = new AcquireRequest(
                    request.id(),
                    request.resource(),
                    request.client(),
                    request.leaseMillis(),
                    left,
                    request.startedAt());
            SimulatedServer.Subscriber subscriber = new SimulatedServer.Subscriber(
                    link.number(),
                    turn -> link.toProcess(() -> "'" + turn + "' for " + show(request), () -> onTurn.accept(turn)));
            return session.server().acquire(now, subscriber);
        });
    }

    Grant grant(AcquireRequest request, SimulatedServer.Reply.Granted granted, long sentAt) {
        long start = bug == Bug.GRANT_COUNTED_FROM_ARRIVAL ? process.read() : sentAt;
        return new SimulatedGrant(
                request, granted.token(), granted.leaseMillis(), start + certain(granted.leftNanos()));
    }

    /** A grant whose lease began a time after a moment of both clocks. */
    Grant turn(AcquireRequest request, SimulatedServer.Turn.Granted granted, long localMoment, long since) {
        long start = bug == Bug.TURN_COUNTED_FROM_ARRIVAL ? process.read() : localMoment + certain(since);
        return new SimulatedGrant(
                request, granted.token(), granted.leaseMillis(), start + certain(granted.leftNanos()));
    }

    /** A grant that has come and gone before its answer arrived. */
    Grant overGrant(AcquireRequest request, SimulatedServer.Reply.Spent spent) {
        return new SimulatedGrant(request, spent.token(), request.leaseMillis(), process.read() - 1);
    }

    /** How long a time of the server's clock is at least on this one's. */
    private long certain(long nanos) {
        return bug == Bug.DRIFT_IGNORED ? nanos : nanos - Math.abs(nanos) * 3 * Faults.MOST_DRIFT / MILLION - 2;
    }

    void forget(Waiter waiter) {
        waiters.remove(waiter.request().id(), waiter);
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        Command<SimulatedServer.Reply> asking = asked.remove(request.id());
        if (asking != null) {
            asking.forget();
        }
        Waiter waiter = waiters.get(request.id());
        if (waiter != null) {
            waiter.forget();
        }
        Command<Optional<LockInfo>> command = session.ask(
                () -> "withdraw " + show(request),
                (link, sentAt) -> session.server().withdraw(request));
        if (bug == Bug.WITHDRAWAL_NOT_REPEATED) {
            command.sendOnce(Optional.empty());
        }
        return process.answer(command.start());
    }

    @Override
    public CompletionStage<Boolean> release(HoldRef hold) {
        Command<Boolean> command = session.ask(() -> "release " + show(hold), (link, sentAt) -> {
            boolean released = session.server().release(hold);
            if (released) {
                observer.released(process, hold);
            }
            return released;
        });
        if (bug == Bug.RELEASE_NOT_REPEATED) {
            command.sendOnce(true);
        }
        if (bug == Bug.RENEWAL_AFTER_RELEASE) {
            process.schedule(() -> renew(List.of(hold)), 10 * World.MILLIS);
        }
        return process.answer(command.start());
    }

    @Override
    public CompletionStage<List<RenewOutcome>> renew(List<? extends HoldRef> holds) {
        holds.forEach(hold -> observer.renewing(process, hold));
        List<HoldRef> refs = List.copyOf(holds);
        Command<List<OptionalLong>> command = session.ask(
                () -> "renew " + refs.stream().map(SimulatedBackend::show).toList(),
                (link, sentAt) -> refs.stream().map(session.server()::renew).toList());
        CompletableFuture<List<RenewOutcome>> outcomes = new CompletableFuture<>();
        command.start().whenComplete((left, failure) -> {
            if (failure == null) {
                outcomes.complete(left.stream()
                        .map(nanos -> renewed(command.sentAt(), nanos))
                        .toList());
            } else if (bug == Bug.UNANSWERED_RENEWAL_IS_A_LOSS) {
                outcomes.complete(refs.stream()
                        .map(hold -> (RenewOutcome) new RenewOutcome.Lost())
                        .toList());
            } else if (world.chance(0.5)) {
                outcomes.completeExceptionally(failure);
            } else {
                RenewOutcome unknown = new RenewOutcome.Unknown((LockBackendException) failure);
                outcomes.complete(refs.stream().map(hold -> unknown).toList());
            }
        });
        return outcomes;
    }

    private RenewOutcome renewed(long sentAt, OptionalLong left) {
        if (left.isEmpty()) {
            return new RenewOutcome.Lost();
        }
        long start = bug == Bug.RENEWAL_COUNTED_FROM_ARRIVAL ? process.read() : sentAt;
        return new RenewOutcome.Renewed(start + certain(left.getAsLong()));
    }

    @Override
    public CompletionStage<Raised> raiseToken(HoldRef hold, long token) {
        return session.ask(
                        () -> "raise " + show(hold) + " to " + token,
                        (link, sentAt) -> new Raised(
                                session.server().raiseToken(hold, token),
                                session.server().memory()))
                .start();
    }

    @Override
    public CompletionStage<Floor> raiseFloor(long token, long incarnation) {
        return session.ask(
                        () -> "raise all to " + token,
                        (link, sentAt) -> session.server().raiseFloor(token, incarnation))
                .start();
    }

    @Override
    public CompletionStage<Optional<LockInfo>> inspect(String resource) {
        return session.ask(
                        () -> "inspect " + resource,
                        (link, sentAt) -> session.server().inspect(resource))
                .start();
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities("simulated", Duration.ofMillis(1), Duration.ofMillis(1), true);
    }

    @Override
    public void close() {
        List.copyOf(waiters.values()).forEach(Waiter::forget);
        pingTimer.cancel();
        session.close();
    }

    private static String show(AcquireRequest request) {
        return request.resource() + " for " + request.client() + " (lease " + request.leaseMillis() + " ms, wait "
                + request.waitNanos() / World.MILLIS + " ms)";
    }

    private static String show(HoldRef hold) {
        return hold.resource() + " of " + hold.client() + " token " + hold.token();
    }

    private record SimulatedGrant(String resource, String client, long token, long leaseMillis, long validUntil)
            implements Grant {
        SimulatedGrant(AcquireRequest request, long token, long leaseMillis, long validUntil) {
            this(request.resource(), request.client(), token, leaseMillis, validUntil);
        }
    }
}
