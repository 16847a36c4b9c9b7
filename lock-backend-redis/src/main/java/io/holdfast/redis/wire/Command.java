package io.holdfast.redis.wire;

import io.holdfast.LockBackendException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way to a server. It is settled once, by whichever thread comes first. The fields that aren't volatile
 * belong to the thread that has the {@link Link}'s role.
 */
final class Command {
    private static final byte[] NO_KEY = {};

    /** More bytes than what a word takes beside its letters: its length, and the ends of two lines. */
    private static final int WORD = 16;

    private final @Nullable Script script;
    private final List<byte[]> keys;
    private final List<byte[]> args;
    private final boolean durable;
    private final long madeAt;
    private final long deadline;
    private final CompletableFuture<Reply> future = new CompletableFuture<>();

    /** Where it is queued; another link's later, when its key has moved. */
    private volatile @Nullable Link link;

    /** The thread that waits inside {@link Link#serveHere}, or null. */
    private volatile @Nullable Thread waiter;

    /** Whether something hangs on the future while a thread waits for it. Written before it is queued. */
    private boolean heeded;

    /** Whether it has been written to a connection that then broke. */
    private boolean maybeApplied;

    /** Whether the server may have it: written, not yet answered. */
    private boolean onTheWire;

    private int redirections;
    private @Nullable Reply reply;
    private @Nullable LockBackendException failure;

    Command(
            @Nullable Script script,
            List<byte[]> keys,
            List<byte[]> args,
            boolean durable,
            long madeAt,
            long patience) {
        this.script = script;
        this.keys = keys;
        this.args = args;
        this.durable = durable;
        this.madeAt = madeAt;
        this.deadline = madeAt + patience;
    }

    /** A command that runs nothing: it is answered by the node that serves the key, once there is a connection. */
    static Command locate(byte[] key, long madeAt, long patience) {
        return new Command(null, List.of(key), List.of(), false, madeAt, patience);
    }

    /** Answered by whatever node a link is connected to, once that has proved to be there. */
    static Command probe(long madeAt, long patience) {
        return new Command(null, List.of(), List.of(), false, madeAt, patience);
    }

    /** Whether it stays with its link, wherever keys may go. */
    boolean isProbe() {
        return keys.isEmpty();
    }

    @Nullable
    Script script() {
        return script;
    }

    List<byte[]> keys() {
        return keys;
    }

    List<byte[]> args() {
        return args;
    }

    boolean durable() {
        return durable;
    }

    long madeAt() {
        return madeAt;
    }

    long deadline() {
        return deadline;
    }

    CompletableFuture<Reply> future() {
        return future;
    }

    /** The key that decides where it goes, comparable; an empty one for a probe. */
    ByteBuffer key() {
        return ByteBuffer.wrap(isProbe() ? NO_KEY : keys.get(0));
    }

    String what() {
        return script == null ? "connect" : script.name();
    }

    /** Before it is queued: somebody is told of its outcome first. Gives the future for everybody else. */
    CompletableFuture<Reply> heededBy(BiConsumer<? super @Nullable Reply, ? super @Nullable Throwable> heed) {
        heeded = true;
        return future.whenComplete(heed);
    }

    void movedTo(Link owner) {
        link = owner;
    }

    /** Where it is queued. */
    Link link() {
        return Objects.requireNonNull(link, "not queued yet");
    }

    void waitedForBy(@Nullable Thread thread) {
        waiter = thread;
    }

    /** Wakes the thread that waits for it, to serve; false if there is none, or if it may have gone. */
    boolean wakeWaiter() {
        Thread thread = waiter;
        LockSupport.unpark(thread);
        return thread != null && !future.isDone();
    }

    boolean isWaitedForBy(@Nullable Thread thread) {
        return thread != null && waiter == thread;
    }

    void written() {
        onTheWire = true;
    }

    /** The server has answered that it did not run it. */
    void refused() {
        onTheWire = false;
    }

    /** The connection broke. */
    void lost() {
        maybeApplied |= onTheWire;
        onTheWire = false;
    }

    /** Whether an earlier sending of it was left without an answer that counts. */
    boolean wasLost() {
        return maybeApplied;
    }

    boolean maybeApplied() {
        return maybeApplied || onTheWire;
    }

    int redirected() {
        return ++redirections;
    }

    /** About how many bytes it takes, and hardly ever more. */
    int size() {
        int size = 5 * WORD;
        for (byte[] key : keys) {
            size += WORD + key.length;
        }
        for (byte[] arg : args) {
            size += WORD + arg.length;
        }
        return size;
    }

    /** Whether everybody has been told its outcome, as any thread sees it. */
    boolean isDone() {
        return future.isDone();
    }

    boolean isSettled() {
        return reply != null || failure != null || future.isDone();
    }

    /** Notes the outcome; {@link #publish} tells of it. */
    void answer(Reply answer) {
        reply = answer;
    }

    /** Notes a failure after which it is certain that nothing was changed, unless an earlier sending was lost. */
    void fail(Failure why) {
        failure = why.known() && !maybeApplied()
                ? LockBackendException.notApplied(why.message(), why.cause())
                : LockBackendException.outcomeUnknown(why.message(), why.cause());
    }

    /** Tells of the outcome. What depends on the future runs here, so the caller holds no lock. */
    void publish() {
        if (failure != null) {
            future.completeExceptionally(failure);
        } else if (reply != null) {
            future.complete(reply);
        }
        wakeAnother();
    }

    /** Fails it from another thread than the one that has the role. */
    void giveUp(LockBackendException why) {
        future.completeExceptionally(why);
        wakeAnother();
    }

    /** Tells a waiting thread at once if nothing can depend on its future yet; false if there is none, or if something does. */
    boolean publishToWaiter() {
        if (waiter == null || heeded) {
            return false;
        }
        publish();
        return true;
    }

    private void wakeAnother() {
        Thread thread = waiter;
        if (thread != null && thread != Thread.currentThread()) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public String toString() {
        return "Command[" + what() + "]";
    }
}
