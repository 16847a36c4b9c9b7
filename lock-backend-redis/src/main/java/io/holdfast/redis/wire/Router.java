package io.holdfast.redis.wire;

import java.util.List;

/** Knows which link serves a key. Thread-safe; doesn't block. */
interface Router {
    /** Queues a command at the link that serves its key. */
    void queue(Command command);

    /** The link that serves a key now. */
    Link linkOf(byte[] key);

    /** All links there have been. */
    List<Link> links();

    /** Closes all links. */
    void close();
}
