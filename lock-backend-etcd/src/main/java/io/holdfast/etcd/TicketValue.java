package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is written into a ticket, for those who share it, for {@code inspect} and for people:
 * {@code holdfast <lease> <asked> <process>,<process>… <client>}.
 *
 * @param leaseSeconds the lease that was granted
 * @param askedAt when the client asked, in milliseconds of its process's wall clock
 * @param processes the processes that have a claim to the ticket
 * @param client whose ticket it is
 */
record TicketValue(long leaseSeconds, long askedAt, List<String> processes, String client) {
    private static final String MARK = "holdfast";
    private static final int PARTS = 5;

    ByteString encode() {
        return Keys.utf8(MARK + " " + leaseSeconds + " " + askedAt + " " + String.join(",", processes) + " " + client);
    }

    /** Reads it; empty for a ticket that another program wrote. */
    static Optional<TicketValue> decode(ByteString value) {
        String[] parts = value.toStringUtf8().split(" ", PARTS);
        if (parts.length < PARTS || !parts[0].equals(MARK)) {
            return Optional.empty();
        }
        try {
            List<String> processes = parts[3].isEmpty() ? List.of() : List.of(parts[3].split(",", -1));
            return Optional.of(
                    new TicketValue(Long.parseLong(parts[1]), Long.parseLong(parts[2]), processes, parts[4]));
        } catch (NumberFormatException foreign) {
            return Optional.empty();
        }
    }

    Instant asked() {
        return Instant.ofEpochMilli(askedAt);
    }

    TicketValue withLease(long seconds) {
        return new TicketValue(seconds, askedAt, processes, client);
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
        return new TicketValue(leaseSeconds, askedAt, sharing, client);
    }

    /** Whether no other process than one has a claim. */
    boolean isAlone(String process) {
        return without(process).processes.isEmpty();
    }
}
