package io.holdfast;

/**
 * A {@link FencingGuard} refused a write because a newer hold of the resource has written already. The writer lost the
 * lock before it wrote, whether it has noticed or not.
 */
public final class StaleTokenException extends LockException {
    private static final long serialVersionUID = 1L;

    /**
     * Its name.
     *
     * @serial its name
     */
    private final String resource;
    /**
     * The one refused.
     *
     * @serial the one refused
     */
    private final long token;
    /**
     * The one accepted before.
     *
     * @serial the one accepted before
     */
    private final long newest;

    /**
     * Makes the exception for one refused write.
     *
     * @param resource the resource that was to be written
     * @param token the token that was refused
     * @param newest the greatest token that was accepted so far
     */
    public StaleTokenException(String resource, long token, long newest) {
        super("token " + token + " for resource '" + resource + "' is stale: token " + newest + " was accepted before");
        this.resource = resource;
        this.token = token;
        this.newest = newest;
    }

    /**
     * The resource that was to be written.
     *
     * @return the resource's name
     */
    public String resource() {
        return resource;
    }

    /**
     * The token that was refused.
     *
     * @return the fencing token of the writer's hold
     */
    public long token() {
        return token;
    }

    /**
     * The greatest token that was accepted so far.
     *
     * @return a token greater than {@link #token()}
     */
    public long newest() {
        return newest;
    }
}
