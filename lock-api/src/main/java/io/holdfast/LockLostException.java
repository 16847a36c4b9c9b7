package io.holdfast;

/**
 * The hold that the caller relies on is no longer his: its lease ran out, it was released, or its lock was closed. Work
 * that the lock protects must not go on; another client may have the resource already.
 */
public final class LockLostException extends LockException {
    private static final long serialVersionUID = 1L;

    /**
     * Its name.
     *
     * @serial its name
     */
    private final String resource;
    /**
     * Who it is or was about.
     *
     * @serial who it is or was about
     */
    private final String client;
    /**
     * Which hold.
     *
     * @serial which hold
     */
    private final long fencingToken;

    /**
     * Makes the exception for one hold.
     *
     * @param resource the resource that was held
     * @param client who held it
     * @param fencingToken the token of the hold that has ended
     * @param reason how it ended, as the end of a sentence that begins with the hold
     */
    public LockLostException(String resource, String client, long fencingToken, String reason) {
        super("hold of resource '" + resource + "' by client '" + client + "' (token " + fencingToken + ") " + reason);
        this.resource = resource;
        this.client = client;
        this.fencingToken = fencingToken;
    }

    /**
     * The resource that was held.
     *
     * @return the resource's name
     */
    public String resource() {
        return resource;
    }

    /**
     * Who held it.
     *
     * @return the client's name
     */
    public String client() {
        return client;
    }

    /**
     * The token of the hold that has ended.
     *
     * @return the fencing token
     */
    public long fencingToken() {
        return fencingToken;
    }
}
