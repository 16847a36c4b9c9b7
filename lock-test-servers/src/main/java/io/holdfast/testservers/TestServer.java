package io.holdfast.testservers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One server process on 127.0.0.1, with a folder of its own, that answers from the time it is made until it is closed or
 * killed. What it keeps on the disk and its port outlast {@link #kill} and {@link #stop}, until {@link #close}.
 *
 * <p>Any thread may use it, one at a time.
 */
public abstract class TestServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(5);

    /** In the words of two C libraries and of Go. */
    private static final Pattern PORT_TAKEN = Pattern.compile("address (already )?in use", Pattern.CASE_INSENSITIVE);

    private final String name;
    private final Path folder;
    private volatile @Nullable ChildProcess process;
    private int starts;
    private volatile boolean paused;

    TestServer(String name, Path folder) {
        this.name = name;
        this.folder = folder;
    }

    /**
     * The server's port.
     *
     * @return the port at which clients reach it on 127.0.0.1
     */
    public abstract int port();

    /**
     * The address that clients are configured with.
     *
     * @return a URI, with the password if there is one
     */
    public abstract String uri();

    /**
     * The server's version.
     *
     * @return what it says of itself, such as 7.0.15
     */
    public abstract String version();

    abstract List<String> command();

    abstract Map<String, String> environment();

    /** Tells, by what the server has logged, whether it has opened its ports; somebody else's might answer before. */
    abstract boolean hasOpened(String log);

    abstract boolean answers() throws IOException;

    final Path folder() {
        return folder;
    }

    /**
     * Tells whether the process is there, be it paused.
     *
     * @return false after {@link #kill}, {@link #stop} or {@link #close}, or if it has ended by itself
     */
    public final boolean isRunning() {
        ChildProcess current = process;
        return current != null && current.isRunning();
    }

    /** Tells whether the server can answer. */
    final boolean isAwake() {
        return isRunning() && !paused;
    }

    /**
     * The process.
     *
     * @return its number
     * @throws IllegalStateException if it isn't running
     */
    public final long pid() {
        return running().pid();
    }

    /**
     * Stops the process where it is (SIGSTOP): its connections stay, and the system still accepts new ones for it, but nothing
     * is answered.
     *
     * @throws IllegalStateException if it isn't running
     */
    public final void pause() {
        running().pause();
        paused = true;
    }

    /**
     * Lets a paused process go on (SIGCONT). It then answers what was sent to it meanwhile.
     *
     * @throws IllegalStateException if it isn't running
     */
    public final void resume() {
        running().resume();
        paused = false;
    }

    /** Ends the process at once, as kill -9 does. Does nothing if it has ended. */
    public final void kill() {
        ChildProcess current = process;
        if (current != null) {
            current.kill();
        }
    }

    /** Lets the process end in an orderly way (SIGTERM). Does nothing if it has ended. */
    public final void stop() {
        if (isRunning()) {
            running().stop();
        }
    }

    /**
     * Starts the process again at the same port with the same folder; one that still runs is killed before. Returns when the
     * server answers.
     *
     * @throws ServerStartException if it doesn't start
     */
    public final void restart() {
        kill();
        launch();
    }

    /**
     * What the server has said since its last start.
     *
     * @return its log
     */
    public final String log() {
        ChildProcess current = process;
        return current == null ? "" : current.output();
    }

    /** Kills the server and removes its folder. Does nothing the second time. */
    @Override
    public void close() {
        kill();
        Folders.remove(folder);
        Ports.giveBack(port());
    }

    @Override
    public String toString() {
        return name + " at 127.0.0.1:" + port();
    }

    /**
     * Starts the process and waits until it answers.
     *
     * @throws ServerStartException if it doesn't
     */
    final void launch() {
        launchWithoutWaiting();
        awaitAnswer();
    }

    final void launchWithoutWaiting() {
        paused = false;
        process = ChildProcess.start(command(), environment(), folder, folder.resolve("log-" + ++starts));
    }

    final void awaitAnswer() {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        while (!isReady()) {
            if (!isRunning() || System.nanoTime() - end > 0) {
                String why = isRunning() ? " doesn't answer within " + START_LIMIT.toSeconds() + " s" : " has ended";
                String said = started().lastLines();
                throw new ServerStartException(this + why + "; it said last:\n" + said);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** Tells whether the server ended because somebody else has its port. */
    final boolean hasLostItsPort() {
        return !isRunning() && PORT_TAKEN.matcher(log()).find();
    }

    private ChildProcess running() {
        if (!isRunning()) {
            throw new IllegalStateException(this + " isn't running");
        }
        return started();
    }

    private ChildProcess started() {
        return Objects.requireNonNull(process, "never started");
    }

    private boolean isReady() {
        try {
            return hasOpened(log()) && answers();
        } catch (IOException e) {
            return false;
        }
    }
}
