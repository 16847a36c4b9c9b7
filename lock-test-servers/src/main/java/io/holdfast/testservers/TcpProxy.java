package io.holdfast.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A network that fails to order: a port of 127.0.0.1 whose connections lead to a server, until told otherwise. It knows
 * no protocol. A fault holds for the connections that exist and for those that are made while it lasts.
 *
 * <p>Safe for use by several threads.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int ATTEMPTS = 5;
    private static final Duration END_LIMIT = Duration.ofSeconds(10);

    private final int port;
    private final int targetPort;
    private final ProxyFaults faults = new ProxyFaults();
    private final Set<ProxyConnection> connections = ConcurrentHashMap.newKeySet();
    private final Object listening = new Object();
    private @Nullable ServerSocket listener;
    private @Nullable Thread acceptor;
    private boolean closed;

    private TcpProxy(int port, int targetPort) {
        this.port = port;
        this.targetPort = targetPort;
        listen();
    }

    /**
     * Opens a proxy.
     *
     * @param targetPort a port of 127.0.0.1; nobody needs to listen there yet
     * @return a proxy that lets everything pass
     */
    public static TcpProxy to(int targetPort) {
        for (int attempt = 1; ; attempt++) {
            int port = Ports.take();
            try {
                return new TcpProxy(port, targetPort);
            } catch (UncheckedIOException portTaken) {
                // By another program, after it was found free.
                Ports.giveBack(port);
                if (attempt == ATTEMPTS) {
                    throw portTaken;
                }
            }
        }
    }

    /**
     * Opens a proxy.
     *
     * @param server where connections lead to, also after its restarts
     * @return a proxy that lets everything pass
     */
    public static TcpProxy to(TestServer server) {
        return to(server.port());
    }

    /**
     * Where clients connect to instead of the server.
     *
     * @return a port of 127.0.0.1, the same for the whole life of the proxy
     */
    public int port() {
        return port;
    }

    /**
     * How many connections there are.
     *
     * @return the number of connections that neither side has ended
     */
    public int connections() {
        return connections.size();
    }

    /** Resets all connections, at both ends. New ones can be made at once. */
    public void reset() {
        // Not those that are made because of it.
        List.copyOf(connections).forEach(ProxyConnection::reset);
    }

    /** Resets all connections and refuses new ones, until {@link #restore}. */
    public void refuse() {
        stopListening();
        reset();
    }

    /**
     * Withholds all that is sent in one direction, until {@link #restore}. Nobody is told: connections stay, and new ones
     * can be made. What was withheld is delivered afterwards, as TCP does, if the connection still exists then.
     *
     * @param direction in which silence reigns; both, if called for both
     */
    public void silence(Direction direction) {
        faults.silence(direction);
    }

    /**
     * Lets everything take longer in one direction, until {@link #restore}.
     *
     * @param direction which is slow
     * @param delay by how much each piece is late
     */
    public void delay(Direction direction, Duration delay) {
        faults.delay(direction, delay);
    }

    /**
     * Lets the next thing that a client sends reach the server, and resets that connection in place of the first answer on
     * it: the client can't know what has become of its command.
     *
     * <p>A server may say something else before the answer proper. Where it does, as in HTTP/2, {@link #silence} towards
     * the client and {@link #reset}, as soon as the command's effect is seen, are the sure way to the same end.
     */
    public void loseNextReply() {
        faults.loseNextReply();
    }

    /** Undoes all faults; what was withheld is delivered. */
    public void restore() {
        synchronized (listening) {
            if (listener == null && !closed) {
                listen();
            }
        }
        faults.clear();
    }

    /** Ends all connections and frees the port. */
    @Override
    public void close() {
        synchronized (listening) {
            closed = true;
        }
        stopListening();
        reset();
        Ports.giveBack(port);
    }

    @Override
    public String toString() {
        return "proxy from 127.0.0.1:" + port + " to " + targetPort;
    }

    private void listen() {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            listener = socket;
            acceptor = daemon(() -> accept(socket), "accept");
            acceptor.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void stopListening() {
        Thread accepting;
        synchronized (listening) {
            if (listener == null) {
                return;
            }
            close(listener);
            listener = null;
            accepting = acceptor;
        }
        // The system keeps the port open until nobody waits for connections there any more, and until a child process
        // that
        // was just being started has closed what it inherited.
        join(accepting);
        Waiting.untilTrue(END_LIMIT, this + " to refuse connections", this::refusesConnections);
    }

    private boolean refusesConnections() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) END_LIMIT.toMillis());
            return false;
        } catch (ConnectException refused) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void join(@Nullable Thread thread) {
        try {
            if (thread != null) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept(ServerSocket socket) {
        while (true) {
            try {
                connect(socket.accept());
            } catch (IOException e) {
                return; // The listener was closed.
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        ProxyConnection connection = new ProxyConnection(client, server, faults, connections::remove);
        connections.add(connection);
        try {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
            daemon(() -> connection.pump(Direction.TO_SERVER), "to server").start();
            daemon(() -> connection.pump(Direction.TO_CLIENT), "to client").start();
        } catch (IOException e) {
            connection.reset();
        }
        synchronized (listening) {
            if (listener != null) {
                return;
            }
        }
        connection.reset(); // Accepted just before refuse() or close() reset all others.
    }

    private Thread daemon(Runnable work, String does) {
        Thread thread = new Thread(work, this + " " + does);
        thread.setDaemon(true);
        return thread;
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Which way bytes go. */
    public enum Direction {
        /** What the client sends. */
        TO_SERVER,
        /** What the server sends. */
        TO_CLIENT
    }
}
