package io.holdfast.conformance.simulation;

import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.Scheduler;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A request with a place in the queue. Its turn is told by a message that may be lost: so it asks again after each
 * reconnection, and when the lease that it waits for should be over.
 */
final class Waiter {
    private static final long MARGIN = 20 * World.MILLIS;

    private final SimulatedBackend backend;
    private final SimulatedProcess process;
    private final AcquireRequest request;
    private final CompletableFuture<Optional<Grant>> turn = new CompletableFuture<>();
    private Scheduler.Cancellable timer = () -> {};
    private Command<SimulatedServer.Reply> asking;
    private boolean over;
    // The server's clock showed this at or after that local moment.
    private long serverMoment;
    private long localMoment;

    Waiter(SimulatedBackend backend, SimulatedProcess process, AcquireRequest request) {
        this.backend = backend;
        this.process = process;
        this.request = request;
    }

    AcquireRequest request() {
        return request;
    }

    CompletableFuture<Optional<Grant>> turn() {
        return turn;
    }

    /** Learns that it is queued, from an answer to what was sent at a local moment. */
    void queued(SimulatedServer.Reply.Queued reply, long sentAt) {
        serverMoment = reply.clock();
        localMoment = sentAt;
        if (backend.asksAgain()) {
            timer.cancel();
            timer = process.schedule(this::askAgain, reply.holder().remaining().toNanos() + MARGIN);
        }
    }

    void askAgain() {
        if (over) {
            return;
        }
        stopAsking();
        Command<SimulatedServer.Reply> command = backend.askFor(request, this::turnCame);
        asking = command;
        command.start().whenComplete((reply, failure) -> {
            if (over) {
                return;
            }
            if (failure != null) {
                timer = process.schedule(this::askAgain, MARGIN);
            } else {
                answered(reply, command.sentAt());
            }
        });
    }

    private void answered(SimulatedServer.Reply reply, long sentAt) {
        if (reply instanceof SimulatedServer.Reply.Queued queued) {
            queued(queued, sentAt);
        } else if (reply instanceof SimulatedServer.Reply.Granted granted) {
            end(Optional.of(backend.grant(request, granted, sentAt)));
        } else if (reply instanceof SimulatedServer.Reply.Spent spent) {
            end(Optional.of(backend.overGrant(request, spent)));
        } else {
            end(Optional.empty());
        }
    }

    /** Takes the message that its turn has come, or will not come. */
    void turnCame(SimulatedServer.Turn message) {
        if (message instanceof SimulatedServer.Turn.Granted granted) {
            long since = granted.clock() - serverMoment;
            end(Optional.of(backend.turn(request, granted, localMoment, since)));
        } else {
            end(Optional.empty());
        }
    }

    private void end(Optional<Grant> outcome) {
        if (!over) {
            forget();
            turn.complete(outcome);
        }
    }

    /** Stops waiting; nobody is told. */
    void forget() {
        over = true;
        timer.cancel();
        stopAsking();
        backend.forget(this);
    }

    private void stopAsking() {
        if (asking != null) {
            asking.forget();
        }
    }
}
