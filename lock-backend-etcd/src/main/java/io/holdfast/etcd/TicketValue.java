package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.Optional;

/**
 * What is written into a ticket, for people and for {@code inspect}: {@code holdfast <lease> <asked> <client>}.
 *
 * @param leaseSeconds the lease that was granted
 * @param askedAt when the client asked, in milliseconds of its process's wall clock
 * @param client whose ticket it is
 */
record TicketValue(long leaseSeconds, long askedAt, String client) {
    private static final String MARK = "holdfast";
    private static final int PARTS = 4;

    ByteString encode() {
        return Keys.utf8(MARK + " " + leaseSeconds + " " + askedAt + " " + client);
    }

    /** Reads it; empty for a ticket that another program wrote. */
    static Optional<TicketValue> decode(ByteString value) {
        String[] parts = value.toStringUtf8().split(" ", PARTS);
        if (parts.length < PARTS || !parts[0].equals(MARK)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new TicketValue(Long.parseLong(parts[1]), Long.parseLong(parts[2]), parts[3]));
        } catch (NumberFormatException foreign) {
            return Optional.empty();
        }
    }

    Instant asked() {
        return Instant.ofEpochMilli(askedAt);
    }
}
