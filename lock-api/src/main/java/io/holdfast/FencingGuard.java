package io.holdfast;

/**
 * The resource's side of fencing: accepts a fencing token unless a greater one was accepted before. A token that nobody
 * checks protects nothing.
 *
 * <p>A lock alone can't keep out a holder that was paused past its lease and then writes: it doesn't know yet that it
 * has lost. The place that is written does, if it remembers the greatest token it has seen. The idea is Martin
 * Kleppmann's ("How to do distributed locking", 2016); Chubby calls it a sequencer.
 *
 * <p>Check and write must be one step, or a newer holder may write between them: use an implementation that joins the
 * two, such as {@link InMemoryFencingGuard#write}, or do the same in the store that is written (for a table:
 * {@code UPDATE … WHERE token <= ?}).
 *
 * <p>Who reads first and writes what follows from it should present the token with the read, too. From then on an older holder
 * can't write between the two.
 *
 * <p>Implementations are thread-safe.
 */
public interface FencingGuard {
    /**
     * Accepts a token, and from then on refuses all smaller ones for this resource. The same token may be accepted any
     * number of times: a hold may write more than once.
     *
     * @param resource the resource that is to be written
     * @param token the fencing token of the writer's hold, greater than 0
     * @return false if a greater token was accepted before
     * @throws IllegalArgumentException if the token is not greater than 0
     */
    boolean accept(String resource, long token);
}
