package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/**
 * Where things are in etcd, below a prefix. It is the layout of etcd's own recipe but for the names of the tickets, so that {@code etcdctl lock} and Go's
 * {@code concurrency.Mutex} on {@code <prefix><escaped resource>} share the lock.
 *
 * <pre>
 * &lt;prefix&gt;&lt;resource&gt;/=&lt;client&gt;    a ticket: a client who holds or waits; the lowest create revision holds
 * &lt;prefix&gt;&lt;resource&gt;/&lt;lease in hex&gt;    the same of another program
 * </pre>
 *
 * A client has one ticket by its name alone, whichever process asks; the equals sign keeps it apart from the leases of others.
 * A slash in a name becomes {@code %2F} and a percent sign {@code %25}, so no queue's prefix contains another's.
 */
final class Keys {
    private final ByteString prefix;

    /**
     * Makes the layout.
     *
     * @param prefix what all keys begin with; may be empty
     */
    Keys(String prefix) {
        this.prefix = utf8(prefix);
    }

    /** What the tickets of a resource begin with, and nothing else does. */
    ByteString queue(String resource) {
        return prefix.concat(utf8(escape(resource) + "/"));
    }

    /** The key of a client's ticket. */
    static ByteString ticket(ByteString queue, String client) {
        return queue.concat(utf8("=" + escape(client)));
    }

    /** The first key after all that begin with a queue's prefix, which ends with a slash. */
    static ByteString end(ByteString queue) {
        return queue.substring(0, queue.size() - 1).concat(utf8("0"));
    }

    static ByteString utf8(String text) {
        return ByteString.copyFrom(text, StandardCharsets.UTF_8);
    }

    private static String escape(String name) {
        if (name.indexOf('/') < 0 && name.indexOf('%') < 0) {
            return name;
        }
        return name.replace("%", "%25").replace("/", "%2F");
    }
}
