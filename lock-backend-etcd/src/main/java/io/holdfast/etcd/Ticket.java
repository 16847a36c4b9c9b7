package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;

/**
 * A client's key in the queue of a resource, as this process knows it. Whoever has the lowest token holds. It is no more than a
 * copy: forgotten, it can be read again through the index.
 */
final class Ticket {
    private final String resource;
    private final ByteString key;
    /** The revision at which the key was made: its place in the queue, and the fencing token of its hold. */
    private final long token;

    private volatile TicketValue value;
    private volatile Binding binding;
    /** The same of the index entry, and what it says. */
    private volatile long indexWritten;

    private volatile IndexValue index;
    private volatile boolean held;

    Ticket(
            String resource,
            ByteString key,
            long token,
            TicketValue value,
            Lease lease,
            long written,
            IndexValue index,
            long indexWritten) {
        this.resource = resource;
        this.key = key;
        this.token = token;
        this.value = value;
        this.binding = new Binding(lease, written);
        this.index = index;
        this.indexWritten = indexWritten;
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

    TicketValue value() {
        return value;
    }

    /** What it hangs on, for those who need to know lease and revision as of one moment. */
    Binding binding() {
        return binding;
    }

    Lease lease() {
        return binding.lease;
    }

    IndexValue index() {
        return index;
    }

    long indexWritten() {
        return indexWritten;
    }

    boolean isHeld() {
        return held;
    }

    void hold() {
        held = true;
    }

    /** Notes that key and index entry hang on another lease since a revision. */
    void moved(Lease to, TicketValue says, long revision) {
        binding = new Binding(to, revision);
        value = says;
        indexWritten = revision;
    }

    /** Notes what the key is now. */
    void read(KeyValue now, Lease of) {
        binding = new Binding(of, now.getModRevision());
    }

    void indexIs(IndexValue value, long revision) {
        index = value;
        indexWritten = revision;
    }

    /**
     * Which lease a ticket hangs on.
     *
     * @param lease the lease
     * @param written the revision at which the key was written last, which says that it still hangs on that lease
     */
    record Binding(Lease lease, long written) {}

    @Override
    public String toString() {
        return "ticket " + token + " of '" + resource + "'";
    }
}
