package io.holdfast.redis.wire;

/** Where a server can reach this process: {@code PUBLISH} to the channel, on that server, counts one receiver while the process listens. */
public final class Address {
    private final byte[] channel;
    private final Node node;

    Address(byte[] channel, Node node) {
        this.channel = channel;
        this.node = node;
    }

    /**
     * The channel's name, which no other process and no other server of this process uses.
     *
     * @return the bytes, not to be changed
     */
    public byte[] channel() {
        return channel;
    }

    /**
     * The server that delivers what is published there. A later address of the same key may have another node, and
     * then perhaps another channel.
     *
     * @return the server, as the connection that served the key when the subscription was made
     */
    public Node node() {
        return node;
    }

    @Override
    public String toString() {
        return "Address[" + node + "]";
    }
}
