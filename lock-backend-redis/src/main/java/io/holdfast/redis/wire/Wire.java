package io.holdfast.redis.wire;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs scripts on the server that owns a key, and delivers what the servers publish to this process.
 *
 * <p>The commands of one key reach its server in the order in which they were called, over reconnections, fail-overs and moves of the
 * key too. A command that isn't answered, or for whose key no server can serve at the moment, is sent again until its answer timeout is over. So it may
 * run twice, and commands that came after it on the same key may run again after it.
 *
 * <p>Thread-safe. Futures are completed on any thread, which holds no lock; what depends on them must be short and must
 * not wait, but may call a wire again.
 */
public interface Wire extends AutoCloseable {
    /**
     * Runs a script.
     *
     * @param script what to run
     * @param keys its keys, all in one hash slot; the first decides which server runs it
     * @param args its arguments
     * @return completes with the answer; fails with a {@link io.holdfast.LockBackendException}, whose
     *     {@code outcomeKnown} is true only if the script certainly has changed nothing. An error that the script itself raises fails it too
     */
    default CompletableFuture<Reply> run(Script script, List<byte[]> keys, List<byte[]> args) {
        return run(script, keys, args, false);
    }

    /**
     * Runs a script and waits for its writes to be as durable as this wire has been set up to make them.
     *
     * @param script what to run
     * @param keys its keys, all in one hash slot; the first decides which server runs it
     * @param args its arguments
     * @param durable whether to wait; without a {@link Durability}, it changes nothing
     * @return completes with the answer, as the other method does; see {@link Reply#durable}
     */
    CompletableFuture<Reply> run(Script script, List<byte[]> keys, List<byte[]> args, boolean durable);

    /**
     * Runs a script, and tells somebody of the answer before anybody else.
     *
     * @param script what to run
     * @param keys its keys, all in one hash slot; the first decides which server runs it
     * @param args its arguments
     * @param heed gets the answer, or null and what it failed with, on the thread that has read it, even where another thread waits
     *     for it: it must be short and must not wait, but may call a wire
     * @return completes with the answer, as the other methods do, after that
     */
    CompletableFuture<Reply> run(
            Script script,
            List<byte[]> keys,
            List<byte[]> args,
            BiConsumer<? super @Nullable Reply, ? super @Nullable Throwable> heed);

    /**
     * The same wire for callers that will wait for the answer: it does the I/O on the calling thread where it can, which takes no
     * longer than the answer timeout, and mostly returns completed futures. An interrupt stays pending; it ends the
     * wait for another thread that does the I/O, and the future then completes later.
     *
     * @return a view; closing it closes the wire
     */
    Wire blocking();

    /**
     * Where the server that owns a key can reach this process. The first call for a server subscribes there.
     *
     * @param key a key
     * @return completes once the server has confirmed the subscription; completed already while there is one; fails
     *     like {@link #run}, with the outcome known, if there is none by the end of the answer timeout
     */
    CompletableFuture<Address> address(byte[] key);

    /**
     * How long a command may take, with reconnections and all, unless it waits for others to have its writes as well.
     *
     * @return the answer timeout that this wire has been set up with
     */
    Duration answerTimeout();

    /**
     * Sets who is told of messages. Call it once, before the first {@link #address}.
     *
     * @param listener who is told
     */
    void listen(Listener listener);

    /** Closes the connections, and fails what is under way. A client that the application brought stays open. The second call does nothing. */
    @Override
    void close();

    /** Is told of messages, on a thread that reads them: it must be short and must not wait, but may call the wire. */
    interface Listener {
        /**
         * A server has published something to this process.
         *
         * @param from the address at which it came in
         * @param payload what it says
         */
        void message(Address from, byte[] payload);

        /**
         * A subscription that had been lost is there again, and messages of that server may have been lost in between: ask again for all that wait
         * for one. Where its node differs from an older address of the same channel, the server may be another one.
         *
         * @param now the address from now on
         */
        void resubscribed(Address now);
    }
}
