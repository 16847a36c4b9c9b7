package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is written into a ticket, for those who share it, for {@code inspect} and for people:
 * {@code holdfast <lease> <asked> <process>,<process>… <client>}. A plus sign before the lease says that the ticket was given that one later, so
 * that it doesn't hang on the lease it was made with.
 *
 * @param leaseSeconds the lease that was granted
 * @param askedAt when the client asked, in milliseconds of its process's wall clock
 * @param processes the processes that have a claim to the ticket
 * @param client whose ticket it is
 * @param isMoved whether this is no longer the lease that the ticket was made with
 */
record TicketValue(long leaseSeconds, long askedAt, List<String> processes, String client, boolean isMoved) {
    private static final String MARK = "holdfast";
    private static final String MOVED = "+";
    private static final int PARTS = 5;

    /** What is written into a ticket when it is made. */
    static TicketValue first(long leaseSeconds, long askedAt, List<String> processes, String client) {
        return new TicketValue(leaseSeconds, askedAt, processes, client, false);
    }

    ByteString encode() {
        return Keys.utf8(MARK + " " + (isMoved ? MOVED : "") + leaseSeconds + " " + askedAt + " "
                + String.join(",", processes) + " " + client);
    }

    /** Reads it; empty for a ticket that another program wrote. */
    static Optional<TicketValue> decode(ByteString value) {
        String[] parts = value.toStringUtf8().split(" ", PARTS);
        if (parts.length < PARTS || !parts[0].equals(MARK)) {
            return Optional.empty();
        }
        try {
            List<String> processes = parts[3].isEmpty() ? List.of() : List.of(parts[3].split(",", -1));
            boolean isMoved = parts[1].startsWith(MOVED);
            long lease = Long.parseLong(isMoved ? parts[1].substring(MOVED.length()) : parts[1]);
            return Optional.of(new TicketValue(lease, Long.parseLong(parts[2]), processes, parts[4], isMoved));
        } catch (NumberFormatException foreign) {
            return Optional.empty();
        }
    }

    Instant asked() {
        return Instant.ofEpochMilli(askedAt);
    }

    /** The same, moved to another lease. */
    TicketValue withLease(long seconds) {
        return new TicketValue(seconds, askedAt, processes, client, true);
    }

    /** The same, shared by one process more. */
    TicketValue with(String process) {
        return processes.contains(process)
                ? this
                : withProcesses(
                        Stream.concat(processes.stream(), Stream.of(process)).toList());
    }

    TicketValue without(String process) {
        return withProcesses(
                processes.stream().filter(other -> !other.equals(process)).toList());
    }

    private TicketValue withProcesses(List<String> sharing) {
        return new TicketValue(leaseSeconds, askedAt, sharing, client, isMoved);
    }

    /** Whether no other process than one has a claim. */
    boolean isAlone(String process) {
        return without(process).processes.isEmpty();
    }
}
