package io.holdfast.conformance.simulation;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** A process's present connection and what has been asked through it; a lost one is followed by a new one. */
final class Session {
    private final Network network;
    private final SimulatedProcess process;
    private final SimulatedServer server;
    private final Runnable onReconnect;
    private final Set<Command<?>> commands = new LinkedHashSet<>();
    private Link link;
    private boolean closed;

    /** Connects; the listener hears of every later connection. */
    Session(Network network, SimulatedProcess process, SimulatedServer server, Runnable onReconnect) {
        this.network = network;
        this.process = process;
        this.server = server;
        this.onReconnect = onReconnect;
        this.link = connect();
    }

    private Link connect() {
        return network.connect(process, server, this::reconnect);
    }

    SimulatedProcess process() {
        return process;
    }

    SimulatedServer server() {
        return server;
    }

    Link link() {
        return link;
    }

    boolean isClosed() {
        return closed;
    }

    <T> Command<T> ask(Supplier<String> what, Command.AtServer<T> atServer) {
        return new Command<>(this, what, atServer);
    }

    void add(Command<?> command) {
        commands.add(command);
    }

    boolean remove(Command<?> command) {
        return commands.remove(command);
    }

    /** Gives the present connection up. Everything that isn't answered is sent again, perhaps for the second time. */
    void reconnect() {
        if (closed) {
            return;
        }
        link.close();
        link = connect();
        List.copyOf(commands).forEach(Command::send);
        onReconnect.run();
    }

    void close() {
        closed = true;
        link.close();
        List.copyOf(commands).forEach(Command::fail);
    }
}
