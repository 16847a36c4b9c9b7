package io.holdfast.conformance.model;

import io.holdfast.conformance.BackendFixture;
import java.util.ArrayList;
import java.util.List;

/**
 * A sequence of commands, built by hand: what a failing {@link ModelCheck} prints is such a call chain.
 *
 * <p>Leases and waits are in units of the fixture's shortest lease, times that pass in hundredths of it. Requests are
 * numbered by whoever writes the sequence; a command about a request that was never made, or never granted, does
 * nothing.
 */
public final class Sequence {
    private final List<Command> commands = new ArrayList<>();

    private Sequence() {}

    /**
     * Begins a sequence.
     *
     * @return an empty one
     */
    public static Sequence begin() {
        return new Sequence();
    }

    /**
     * Asks for a resource.
     *
     * @param request the request's number
     * @param client who asks
     * @param resource what for
     * @param lease how long the hold is to last, in units
     * @param wait how long the request may wait, in units
     * @return this
     */
    public Sequence acquire(int request, String client, String resource, int lease, int wait) {
        return add(new Command.Acquire(request, client, resource, lease, wait));
    }

    /**
     * Sends a request once more.
     *
     * @param request its number
     * @return this
     */
    public Sequence again(int request) {
        return add(new Command.Again(request));
    }

    /**
     * Takes a request back.
     *
     * @param request its number
     * @return this
     */
    public Sequence withdraw(int request) {
        return add(new Command.Withdraw(request));
    }

    /**
     * Releases whatever a client holds.
     *
     * @param client who holds
     * @param resource what
     * @return this
     */
    public Sequence release(String client, String resource) {
        return add(new Command.Release(client, resource));
    }

    /**
     * Releases the hold that a request was granted, by its token.
     *
     * @param request the request's number
     * @return this
     */
    public Sequence releaseHold(int request) {
        return add(new Command.ReleaseHold(request));
    }

    /**
     * Renews whatever a client holds.
     *
     * @param client who holds
     * @param resource what
     * @return this
     */
    public Sequence renew(String client, String resource) {
        return add(new Command.Renew(client, resource));
    }

    /**
     * Renews the hold that a request was granted, by its token.
     *
     * @param request the request's number
     * @return this
     */
    public Sequence renewHold(int request) {
        return add(new Command.RenewHold(request));
    }

    /**
     * Looks at a resource.
     *
     * @param resource which
     * @return this
     */
    public Sequence inspect(String resource) {
        return add(new Command.Inspect(resource));
    }

    /**
     * Lets time pass.
     *
     * @param hundredths how long, in hundredths of a unit
     * @return this
     */
    public Sequence pass(int hundredths) {
        return add(new Command.Pass(hundredths));
    }

    private Sequence add(Command command) {
        commands.add(command);
        return this;
    }

    /**
     * Runs the commands against a backend and the lock table.
     *
     * @param fixture the backend
     * @throws AssertionError if they differ
     */
    public void run(BackendFixture fixture) {
        ModelCheck.Outcome outcome = new ModelCheck(fixture).run(commands);
        outcome.difference().ifPresent(difference -> {
            throw new AssertionError(difference);
        });
    }
}
