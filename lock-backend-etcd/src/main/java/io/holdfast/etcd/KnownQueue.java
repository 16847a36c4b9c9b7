package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What is known of a queue: all its tickets up to a revision, from readings, without those that have ended since, from a watch. Tickets
 * that come later are behind them, so that a ticket which is the first here is the first of the queue.
 *
 * <p>A reading may come after the news of what ended after it. So the ends are remembered for a while, by their revisions.
 *
 * <p>Not thread-safe.
 */
final class KnownQueue {
    /** How many ends are remembered. A reading that is older than one that isn't any more is of no use. */
    private static final int REMEMBERED = 256;

    private final TreeSet<Entry> entries = new TreeSet<>(Comparator.comparingLong(Entry::token)
            .thenComparing(Entry::key, ByteString.unsignedLexicographicalComparator()));
    private final Map<ByteString, Entry> byKey = new HashMap<>();
    /** At which revision a key was deleted last. */
    private final LinkedHashMap<ByteString, Long> ends = new LinkedHashMap<>();

    private long forgotten;
    private long upTo;

    /** Nothing is known: what ended meanwhile wasn't seen. */
    void forget() {
        entries.clear();
        byKey.clear();
        ends.clear();
        forgotten = 0;
        upTo = 0;
    }

    /** Up to which revision all tickets are known; 0 if nothing is. */
    long upTo() {
        return upTo;
    }

    /**
     * Takes note of a reading. All that ended after its revision must have been, or be yet, told to {@link #end}.
     *
     * @return false if it told nothing new, or too much has ended since
     */
    boolean learn(Reading reading) {
        if (!reading.isComplete() || reading.revision() <= upTo || reading.revision() < forgotten) {
            return false;
        }
        entries.clear();
        byKey.clear();
        for (KeyValue ticket : reading.tickets()) {
            if (ends.getOrDefault(ticket.getKey(), 0L) <= reading.revision()) {
                Entry entry = new Entry(ticket.getCreateRevision(), ticket.getKey());
                entries.add(entry);
                byKey.put(entry.key, entry);
            }
        }
        upTo = reading.revision();
        return true;
    }

    /** Takes note that a key was deleted. It may have been made anew before this is told. */
    void end(ByteString key, long revision) {
        Entry entry = byKey.get(key);
        if (entry != null && entry.token < revision) {
            byKey.remove(key);
            entries.remove(entry);
        }
        // Again at the end of the order.
        long last = Math.max(revision, Optional.ofNullable(ends.remove(key)).orElse(0L));
        ends.put(key, last);
        if (ends.size() > REMEMBERED) {
            ByteString oldest = ends.keySet().iterator().next();
            forgotten =
                    Math.max(forgotten, Optional.ofNullable(ends.remove(oldest)).orElse(0L));
        }
    }

    boolean contains(ByteString key, long token) {
        Entry entry = byKey.get(key);
        return entry != null && entry.token == token;
    }

    /** Whether a ticket has certainly ended: that was told, or a reading would show it. */
    boolean hasEnded(ByteString key, long token) {
        return ends.getOrDefault(key, 0L) > token || (token <= upTo && !contains(key, token));
    }

    /** The key of the first ticket. */
    Optional<ByteString> first() {
        return entries.isEmpty() ? Optional.empty() : Optional.of(entries.first().key);
    }

    int size() {
        return entries.size();
    }

    private record Entry(long token, ByteString key) {}
}
