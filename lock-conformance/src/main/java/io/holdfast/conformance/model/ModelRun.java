package io.holdfast.conformance.model;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.inmemory.LockTable;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One run of one sequence, on names of its own. */
final class ModelRun implements AutoCloseable {
    private final BackendFixture fixture;
    private final String prefix;
    private final long unit;
    private final LockBackend[] connections;
    private final Model model;
    private final Edges edges;
    private final TokenPairs tokens = new TokenPairs();
    private final Map<Integer, Asked> asked = new TreeMap<>();

    ModelRun(BackendFixture fixture, String prefix) {
        this.fixture = fixture;
        this.prefix = prefix;
        this.unit = fixture.shortestLease().toNanos();
        this.connections = new LockBackend[] {fixture.connect(), fixture.connect()};
        this.model = new Model(fixture.ticker().read());
        this.edges = new Edges(unit, !fixture.slack().isZero());
    }

    ModelCheck.Outcome run(List<Command> commands) {
        for (int step = 0; step < commands.size(); step++) {
            Command command = commands.get(step);
            long before = fixture.ticker().read();
            Optional<String> difference = compare(command);
            long after = fixture.ticker().read();
            if (edges.isNear(before, after)) {
                return new ModelCheck.Outcome(step, Optional.empty());
            }
            if (difference.isPresent()) {
                String what = "step " + (step + 1) + ", " + command + ": " + difference.get();
                return new ModelCheck.Outcome(step, Optional.of(what));
            }
            edges.add(before, after);
        }
        return new ModelCheck.Outcome(commands.size(), Optional.empty());
    }

    private Optional<String> compare(Command command) {
        if (command instanceof Command.Pass pass) {
            fixture.letTimePass(Duration.ofNanos(unit * pass.hundredths() / 100));
        }
        model.passTo(fixture.ticker().read());
        Optional<String> difference = answer(command);
        return difference.isPresent() ? difference : turns();
    }

    private Optional<String> answer(Command command) {
        if (command instanceof Command.Acquire acquire) {
            return acquire(ask(acquire));
        }
        if (command instanceof Command.Again again) {
            return known(again.request()).filter(this::mayBeSentAgain).flatMap(this::acquire);
        }
        if (command instanceof Command.Withdraw withdraw) {
            return known(withdraw.request()).flatMap(this::withdraw);
        }
        if (command instanceof Command.Inspect inspect) {
            String resource = prefix + inspect.resource();
            return differ(resource, model.inspect(resource), Seen.holder(await(connections[0].inspect(resource))));
        }
        return answerAboutHold(command);
    }

    private Optional<String> answerAboutHold(Command command) {
        if (command instanceof Command.Release release) {
            HoldRef hold = HoldRef.ofClient(prefix + release.resource(), release.client());
            return release(hold, hold);
        }
        if (command instanceof Command.Renew renew) {
            HoldRef hold = HoldRef.ofClient(prefix + renew.resource(), renew.client());
            return renew(hold, hold);
        }
        if (command instanceof Command.ReleaseHold release) {
            return known(release.request())
                    .filter(Asked::wasGranted)
                    .flatMap(request -> release(request.inModel(), request.inBackend()));
        }
        if (command instanceof Command.RenewHold renew) {
            return known(renew.request())
                    .filter(Asked::wasGranted)
                    .flatMap(request -> renew(request.inModel(), request.inBackend()));
        }
        return Optional.empty();
    }

    private Optional<Asked> known(int request) {
        return Optional.ofNullable(asked.get(request));
    }

    private Asked ask(Command.Acquire acquire) {
        AcquireRequest request = new AcquireRequest(
                ThreadLocalRandom.current().nextLong(),
                prefix + acquire.resource(),
                acquire.client(),
                TimeUnit.NANOSECONDS.toMillis(acquire.lease() * unit),
                acquire.timeout() * unit,
                fixture.ticker().read());
        Asked fresh = new Asked(request, connections[acquire.client().hashCode() % 2]);
        asked.put(acquire.request(), fresh);
        return fresh;
    }

    // What a store does with a late copy of a request whose hold has ended is not the table's to say.
    private boolean mayBeSentAgain(Asked request) {
        Seen present = model.inspect(request.request().resource());
        boolean lasts =
                request.wasGranted() && present.token() == request.inModel().token();
        return request.mayBeSentAgain() && (lasts || request.turn() != null);
    }

    private Optional<String> acquire(Asked request) {
        LockTable.Answer expected = model.acquire(request.request());
        AcquireReply reply = await(request.connection().acquire(request.request()));
        if (reply instanceof AcquireReply.Queued queued) {
            request.waitFor(queued.grant().toCompletableFuture());
        } else if (reply instanceof Grant grant && expected instanceof Grant granted) {
            request.granted(granted, grant);
        }
        return differ(request.request().resource(), Seen.of(expected), Seen.of(reply));
    }

    private Optional<String> withdraw(Asked request) {
        AcquireRequest sent = request.request();
        request.withdraw();
        return differ(
                sent.resource(),
                model.withdraw(sent),
                Seen.holder(await(request.connection().withdraw(sent))));
    }

    private Optional<String> release(HoldRef inModel, HoldRef inBackend) {
        boolean released = await(connections[1].release(inBackend));
        return differ(inModel.resource(), model.release(inModel), Seen.told(released));
    }

    private Optional<String> renew(HoldRef inModel, HoldRef inBackend) {
        List<RenewOutcome> outcomes = await(connections[1].renew(List.of(inBackend)));
        boolean renewed = outcomes.get(0) instanceof RenewOutcome.Renewed;
        return differ(inModel.resource(), model.renew(inModel), Seen.told(renewed));
    }

    /** Compares whose turn has come, in the order in which it did. */
    private Optional<String> turns() {
        return asked.entrySet().stream()
                .filter(entry -> entry.getValue().turn() != null)
                .sorted(Comparator.comparingLong(
                        entry -> model.turnOf(entry.getValue().request().id())))
                .map(entry -> turn(entry.getValue()).map(what -> "request " + entry.getKey() + ": " + what))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> turn(Asked request) {
        CompletableFuture<Optional<Grant>> turn = Objects.requireNonNull(request.turn());
        Optional<Grant> expected = model.takeTurn(request.request().id());
        if (expected.isEmpty()) {
            boolean early = turn.isDone() && turn.join().isPresent();
            return early ? Optional.of("the backend grants what the lock table doesn't") : Optional.empty();
        }
        Optional<Grant> granted = awaitTurn(turn);
        if (granted.isEmpty()) {
            return Optional.of("the backend doesn't grant what the lock table does");
        }
        request.granted(expected.get(), granted.get());
        return differ(request.request().resource(), Seen.granted(expected.get()), Seen.granted(granted.get()));
    }

    private Optional<String> differ(String resource, Seen expected, Seen seen) {
        boolean same = expected.what().equals(seen.what())
                && expected.client().equals(seen.client())
                && (expected.token() == 0 || tokens.pair(resource, expected.token(), seen.token()));
        return same ? Optional.empty() : Optional.of("the lock table says " + expected + ", the backend " + seen);
    }

    private <T> T await(CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture().get(fixture.patience().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        } catch (ExecutionException | TimeoutException failed) {
            throw new AssertionError("the backend failed", failed);
        }
    }

    private Optional<Grant> awaitTurn(CompletableFuture<Optional<Grant>> turn) {
        // Where time stands still, what isn't there now will not come.
        if (fixture.slack().isZero()) {
            return turn.getNow(Optional.empty());
        }
        try {
            return turn.get(fixture.patience().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        } catch (ExecutionException | TimeoutException failed) {
            return Optional.empty();
        }
    }

    /** Leaves nothing in the store. */
    @Override
    public void close() {
        for (Asked request : asked.values()) {
            AcquireRequest sent = request.request();
            await(request.connection().withdraw(sent));
            await(request.connection().release(HoldRef.ofClient(sent.resource(), sent.client())));
        }
        for (LockBackend connection : connections) {
            connection.close();
        }
    }
}
