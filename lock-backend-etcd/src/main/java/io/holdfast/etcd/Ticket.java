package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import java.util.List;

/**
 * A client's key in the queue of a resource, as this process knows it. Whoever has the lowest token holds. It is no more than a
 * copy: forgotten, it can be read again.
 */
final class Ticket {
    private final String resource;
    private final ByteString key;
    /** The revision at which the key was made: its place in the queue, and the fencing token of its hold. */
    private final long token;

    private volatile State state;
    private volatile boolean held;
    /** As of which write etcd may yet carry out a command that was given up for lost; 0 if of none. */
    private volatile long inDoubt;

    /**
     * Makes a copy.
     *
     * @param found the key as it is in etcd
     * @param lease the lease on which it hangs
     * @param client whose it is, in case its value doesn't say so
     */
    Ticket(String resource, KeyValue found, Lease lease, String client) {
        this(
                resource,
                found.getKey(),
                found.getCreateRevision(),
                new State(
                        lease,
                        found.getModRevision(),
                        TicketValue.decode(found.getValue())
                                .orElseGet(() -> TicketValue.first(lease.seconds(), 0, List.of(), client))));
    }

    Ticket(String resource, ByteString key, long token, State state) {
        this.resource = resource;
        this.key = key;
        this.token = token;
        this.state = state;
    }

    String resource() {
        return resource;
    }

    ByteString key() {
        return key;
    }

    long token() {
        return token;
    }

    /** What it is now, as of one moment. */
    State state() {
        return state;
    }

    Lease lease() {
        return state.lease;
    }

    boolean isHeld() {
        return held;
    }

    void hold() {
        held = true;
    }

    /** Notes that a command went unanswered that ends this, or gives it another lease, if the key is still as it was. */
    void doubt(State then) {
        inDoubt = then.written;
    }

    /** Whether a late command may change this as long as nobody writes the key again. */
    boolean isInDoubt() {
        return inDoubt == state.written;
    }

    /** Notes what was written into the key. */
    void written(State now) {
        state = now;
    }

    /** Notes what the key is now. */
    void read(KeyValue now, Lease of) {
        state = new State(
                of, now.getModRevision(), TicketValue.decode(now.getValue()).orElse(state.value));
    }

    /**
     * What a ticket is at a revision.
     *
     * @param lease the lease on which it hangs
     * @param written the revision at which the key was written last, which says that all this is still so
     * @param value what the key says
     */
    record State(Lease lease, long written, TicketValue value) {}

    @Override
    public String toString() {
        return "ticket " + token + " of '" + resource + "'";
    }
}
