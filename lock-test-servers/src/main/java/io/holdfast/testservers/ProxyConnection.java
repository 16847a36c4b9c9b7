package io.holdfast.testservers;

import io.holdfast.testservers.TcpProxy.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One connection through a {@link TcpProxy}: two sockets, and a thread for each direction. */
final class ProxyConnection {
    private static final int PIECE = 64 * 1024;

    private final Socket client;
    private final Socket server;
    private final ProxyFaults faults;
    private final Consumer<ProxyConnection> whenEnded;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger openDirections = new AtomicInteger(2);
    private volatile boolean replyIsLost;

    ProxyConnection(Socket client, Socket server, ProxyFaults faults, Consumer<ProxyConnection> whenEnded) {
        this.client = client;
        this.server = server;
        this.faults = faults;
        this.whenEnded = whenEnded;
    }

    /** Carries what comes from one side to the other, until that side ends or the connection is reset. */
    void pump(Direction direction) {
        boolean towardsServer = direction == Direction.TO_SERVER;
        Socket from = towardsServer ? client : server;
        Socket to = towardsServer ? server : client;
        try {
            from.setTcpNoDelay(true);
            to.setTcpNoDelay(true);
            carry(direction, from.getInputStream(), to.getOutputStream());
            to.shutdownOutput();
            if (openDirections.decrementAndGet() == 0) {
                end(false);
            }
        } catch (IOException e) {
            reset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reset();
        }
    }

    /** Ends the connection with a reset at both sides. Does nothing the second time. */
    void reset() {
        end(true);
    }

    private void carry(Direction direction, InputStream from, OutputStream to)
            throws IOException, InterruptedException {
        byte[] piece = new byte[PIECE];
        int length;
        do {
            length = from.read(piece);
            // An end is withheld like everything else.
            faults.await(direction, System.nanoTime(), ended::get);
            if (direction == Direction.TO_CLIENT && replyIsLost) {
                reset();
            }
            if (length > 0 && !ended.get()) {
                if (direction == Direction.TO_SERVER && faults.takeLossOfReply()) {
                    replyIsLost = true;
                }
                to.write(piece, 0, length);
            }
        } while (length >= 0 && !ended.get());
    }

    private void end(boolean withReset) {
        if (ended.compareAndSet(false, true)) {
            close(client, withReset);
            close(server, withReset);
            faults.wake();
            whenEnded.accept(this);
        }
    }

    private static void close(Socket socket, boolean withReset) {
        try (socket) {
            if (withReset && !socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException e) {
            // Closed by the other side meanwhile: as it should be.
        }
    }
}
