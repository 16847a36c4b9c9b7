package io.holdfast.spi;

/** Names a hold. */
public interface HoldRef {
    /** Stands for a token where whatever hold the client has is meant. No hold has it as its token. */
    long ANY_TOKEN = 0;

    /**
     * The resource that is held.
     *
     * @return the resource's name
     */
    String resource();

    /**
     * Who holds it.
     *
     * @return the client's name
     */
    String client();

    /**
     * Which of the client's holds is meant.
     *
     * @return the fencing token, or {@link #ANY_TOKEN}
     */
    long token();

    /**
     * Names whatever hold a client has of a resource.
     *
     * @param resource the resource that is held
     * @param client who holds it
     * @return a reference without a token
     */
    static HoldRef ofClient(String resource, String client) {
        return new ClientHold(resource, client);
    }
}
