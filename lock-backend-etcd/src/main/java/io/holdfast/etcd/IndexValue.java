package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an index entry says: {@code <suffix> <process>,<process>…}.
 *
 * @param suffix the end of the ticket's key
 * @param processes the processes that have a claim to the ticket; never empty
 */
record IndexValue(String suffix, List<String> processes) {
    static IndexValue decode(ByteString value) {
        String[] parts = value.toStringUtf8().split(" ", 2);
        return new IndexValue(parts[0], parts.length < 2 ? List.of() : List.of(parts[1].split(",")));
    }

    ByteString encode() {
        return Keys.utf8(suffix + " " + String.join(",", processes));
    }

    IndexValue with(String process) {
        return processes.contains(process)
                ? this
                : new IndexValue(
                        suffix,
                        Stream.concat(processes.stream(), Stream.of(process)).toList());
    }

    IndexValue without(String process) {
        return new IndexValue(
                suffix,
                processes.stream().filter(other -> !other.equals(process)).toList());
    }

    boolean isAlone(String process) {
        return processes.equals(List.of(process));
    }
}
