package io.holdfast.conformance.model;

import io.holdfast.conformance.BackendFixture;
import io.holdfast.conformance.LateTimers;
import io.holdfast.inmemory.LockTable;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.ArrayList;
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
import java.util.function.Function;
import java.util.function.Supplier;

/** One run of one sequence, on names of its own. */
final class ModelRun implements AutoCloseable {
    private final BackendFixture fixture;
    private final List<LockBackend> connections;
    private final String prefix;
    private final long unit;
    private final Models models;
    /** Present where the store's time is real. */
    private final Optional<LateTimers> stalls;

    private final TokenPairs tokens = new TokenPairs();
    private final Map<Integer, Asked> asked = new TreeMap<>();
    /** Whether a turn was waited for in vain. */
    private boolean isSilent;

    /**
     * Makes a run.
     *
     * @param connections two to the same store, which other runs may use, too
     * @param prefix what makes the names its own
     * @param unit the shortest lease
     */
    ModelRun(BackendFixture fixture, List<LockBackend> connections, String prefix, Duration unit) {
        this.fixture = fixture;
        this.connections = connections;
        this.prefix = prefix;
        this.unit = unit.toNanos();
        this.models =
                new Models(fixture.ticker().read(), this.unit, fixture.slack().toNanos());
        this.stalls = fixture.slack().isZero() ? Optional.empty() : Optional.of(new LateTimers(fixture));
    }

    ModelCheck.Outcome run(List<Command> commands) {
        for (int step = 0; step < commands.size(); step++) {
            Command command = commands.get(step);
            try {
                Optional<String> difference = compare(command);
                if (difference.isPresent()) {
                    String what = "step " + (step + 1) + ", " + command + ": " + difference.get();
                    return new ModelCheck.Outcome(step, Optional.of(what), stoodStill());
                }
            } catch (NobodyCanSay cut) {
                return new ModelCheck.Outcome(step, Optional.empty(), false);
            }
        }
        return new ModelCheck.Outcome(commands.size(), Optional.empty(), false);
    }

    /**
     * Whether this process stood still for so long that a store within it, or its connection to one, may have ended a lease
     * or a wait later than the models allow for.
     */
    private boolean stoodStill() {
        if (stalls.isEmpty()) {
            return false;
        }
        Duration stall = stalls.get().longestStall();
        // To have heard nothing for so long takes more of an excuse.
        return isSilent ? stall.compareTo(fixture.patience().dividedBy(2)) > 0 : !models.allowFor(stall);
    }

    private Optional<String> compare(Command command) throws NobodyCanSay {
        if (command instanceof Command.Pass pass) {
            fixture.letTimePass(Duration.ofNanos(unit * pass.hundredths() / 100));
            return turns();
        }
        models.passTo(fixture.ticker().read());
        Optional<String> difference = answer(command);
        return difference.isPresent() ? difference : turns();
    }

    private Optional<String> answer(Command command) throws NobodyCanSay {
        if (command instanceof Command.Acquire acquire) {
            return acquire(ask(acquire));
        }
        if (command instanceof Command.Again again) {
            Asked request = asked.get(again.request());
            return request == null || !mayBeSentAgain(request) ? Optional.empty() : acquire(request);
        }
        if (command instanceof Command.Withdraw withdraw) {
            Asked request = asked.get(withdraw.request());
            return request == null ? Optional.empty() : withdraw(request);
        }
        if (command instanceof Command.Inspect inspect) {
            String resource = prefix + inspect.resource();
            Seen seen = send(() -> Seen.holder(await(connections.get(0).inspect(resource))));
            return differ(resource, agreed(model -> model.inspect(resource)), seen);
        }
        return answerAboutHold(command);
    }

    private Optional<String> answerAboutHold(Command command) throws NobodyCanSay {
        if (command instanceof Command.Release release) {
            HoldRef hold = HoldRef.ofClient(prefix + release.resource(), release.client());
            return release(hold, hold);
        }
        if (command instanceof Command.Renew renew) {
            HoldRef hold = HoldRef.ofClient(prefix + renew.resource(), renew.client());
            return renew(hold, hold);
        }
        if (command instanceof Command.ReleaseHold release) {
            Asked request = asked.get(release.request());
            return request != null && request.wasGranted()
                    ? release(request.inModel(), request.inBackend())
                    : Optional.empty();
        }
        if (command instanceof Command.RenewHold renew) {
            Asked request = asked.get(renew.request());
            return request != null && request.wasGranted()
                    ? renew(request.inModel(), request.inBackend())
                    : Optional.empty();
        }
        return Optional.empty();
    }

    private Asked ask(Command.Acquire acquire) {
        AcquireRequest request = new AcquireRequest(
                ThreadLocalRandom.current().nextLong(),
                prefix + acquire.resource(),
                acquire.client(),
                TimeUnit.NANOSECONDS.toMillis(acquire.lease() * unit),
                acquire.timeout() * unit,
                fixture.ticker().read());
        Asked fresh = new Asked(request, connections.get(acquire.client().hashCode() % 2));
        asked.put(acquire.request(), fresh);
        return fresh;
    }

    // What a store does with a late copy of a request whose hold has ended is not the table's to say.
    private boolean mayBeSentAgain(Asked request) throws NobodyCanSay {
        Seen present = agreed(model -> model.inspect(request.request().resource()));
        boolean lasts =
                request.wasGranted() && present.token() == request.inModel().token();
        return request.mayBeSentAgain() && (lasts || request.turn() != null);
    }

    private Optional<String> acquire(Asked request) throws NobodyCanSay {
        AcquireReply reply = send(() -> await(request.connection().acquire(request.request())));
        LockTable.Answer expected =
                models.ask(model -> model.acquire(request.request()), Seen::of).orElseThrow(NobodyCanSay::new);
        if (reply instanceof AcquireReply.Queued queued) {
            request.waitFor(queued.grant().toCompletableFuture());
        } else if (reply instanceof Grant grant && expected instanceof Grant granted) {
            request.granted(granted, grant);
        }
        return differ(request.request().resource(), Seen.of(expected), Seen.of(reply));
    }

    private Optional<String> withdraw(Asked request) throws NobodyCanSay {
        AcquireRequest sent = request.request();
        request.withdraw();
        Seen seen = send(() -> Seen.holder(await(request.connection().withdraw(sent))));
        return differ(sent.resource(), agreed(model -> model.withdraw(sent)), seen);
    }

    private Optional<String> release(HoldRef inModel, HoldRef inBackend) throws NobodyCanSay {
        Seen seen = send(() -> Seen.told(await(connections.get(1).release(inBackend))));
        return differ(inModel.resource(), agreed(model -> model.release(inModel)), seen);
    }

    private Optional<String> renew(HoldRef inModel, HoldRef inBackend) throws NobodyCanSay {
        List<RenewOutcome> outcomes = send(() -> await(connections.get(1).renew(List.of(inBackend))));
        Seen seen = Seen.told(outcomes.get(0) instanceof RenewOutcome.Renewed);
        return differ(inModel.resource(), agreed(model -> model.renew(inModel)), seen);
    }

    /** Sends a command, and brings the models to the moment of its answer. */
    private <T> T send(Supplier<T> command) throws NobodyCanSay {
        long before = fixture.ticker().read();
        T answer = command.get();
        long after = fixture.ticker().read();
        if (!models.canPlace(before, after)) {
            throw new NobodyCanSay();
        }
        models.passTo(after);
        return answer;
    }

    private Seen agreed(Function<Model, Seen> question) throws NobodyCanSay {
        return models.ask(question).orElseThrow(NobodyCanSay::new);
    }

    /** Compares whose turn has come, in the order in which it did. */
    private Optional<String> turns() throws NobodyCanSay {
        Map<Integer, Boolean> told = new TreeMap<>();
        asked.forEach((number, request) -> {
            if (request.turn() != null) {
                told.put(number, request.isToldOfItsTurn());
            }
        });
        // What the backend has told until now, the models must know by now.
        models.passTo(fixture.ticker().read());
        List<Turn> turns = new ArrayList<>();
        for (Map.Entry<Integer, Boolean> entry : told.entrySet()) {
            Asked request = Objects.requireNonNull(asked.get(entry.getKey()));
            turns.add(new Turn(entry.getKey(), request, entry.getValue(), expectedTurn(request)));
        }
        turns.sort(
                Comparator.comparingLong(turn -> turn.expected.map(Grant::token).orElse(Long.MAX_VALUE)));
        for (Turn turn : turns) {
            Optional<String> difference = compare(turn);
            if (difference.isPresent()) {
                return Optional.of("request " + turn.number + ": " + difference.get());
            }
        }
        return Optional.empty();
    }

    private Optional<Grant> expectedTurn(Asked request) throws NobodyCanSay {
        long id = request.request().id();
        return models.ask(model -> model.turnOf(id), grant -> grant.map(Grant::token))
                .orElseThrow(NobodyCanSay::new);
    }

    private Optional<String> compare(Turn turn) throws NobodyCanSay {
        if (turn.expected.isEmpty()) {
            return turn.told ? Optional.of("the backend grants what the lock table doesn't") : Optional.empty();
        }
        Optional<Grant> granted = awaitTurn(Objects.requireNonNull(turn.request.turn()));
        if (granted.isEmpty()) {
            return Optional.of("the backend doesn't grant what the lock table does");
        }
        turn.request.granted(turn.expected.get(), granted.get());
        return differ(
                turn.request.request().resource(), Seen.granted(turn.expected.get()), Seen.granted(granted.get()));
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

    /** Waits for a grant that must be there. One that is late is given, but nothing can be told from then on. */
    private Optional<Grant> awaitTurn(CompletableFuture<Optional<Grant>> turn) throws NobodyCanSay {
        // Where time stands still, what isn't there now will not come.
        if (fixture.slack().isZero()) {
            return turn.getNow(Optional.empty());
        }
        long before = fixture.ticker().read();
        try {
            Optional<Grant> granted = turn.get(fixture.patience().toNanos(), TimeUnit.NANOSECONDS);
            if (granted.isPresent() && !models.canPlace(before, fixture.ticker().read())) {
                throw new NobodyCanSay();
            }
            return granted;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        } catch (ExecutionException failed) {
            return Optional.empty();
        } catch (TimeoutException silent) {
            isSilent = true;
            return Optional.empty();
        }
    }

    /** Leaves nothing in the store. */
    @Override
    public void close() {
        stalls.ifPresent(LateTimers::close);
        for (Asked request : asked.values()) {
            AcquireRequest sent = request.request();
            await(request.connection().withdraw(sent));
            await(request.connection().release(HoldRef.ofClient(sent.resource(), sent.client())));
        }
    }

    /**
     * A request that waits.
     *
     * @param number its number in the sequence
     * @param request what was asked
     * @param told whether the backend had granted it when it was looked at
     * @param expected the grant that it must have by now
     */
    private record Turn(int number, Asked request, boolean told, Optional<Grant> expected) {}

    /** From here on, what is right depends on which of two things happened first, and nobody knows. */
    private static final class NobodyCanSay extends Exception {
        private static final long serialVersionUID = 1L;

        NobodyCanSay() {
            super(null, null, false, false);
        }
    }
}
