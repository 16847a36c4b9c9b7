package io.holdfast.sharded;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which shard each resource belongs to. Every process that locks the same resources must use an equal map; the order in
 * which shards are named doesn't matter.
 *
 * <p>Shards are chosen by rendezvous hashing (Thaler and Ravishankar, <i>Using name-based mappings to increase hit
 * rates</i>, 1998): each shard has as many tickets as its weight, and a resource belongs to the shard that has the
 * ticket with the greatest score for it. So a shard that is added takes its share, and no resource moves between two
 * others; the share of one that is removed spreads over the rest. The scores are whole numbers, the same in all
 * languages:
 *
 * <pre>
 * fnv(s)    = 64-bit FNV-1a of the UTF-8 bytes of s: h = cbf29ce484222325; for each byte: h = (h xor byte) * 100000001b3
 * mix(x)    = finaliser of MurmurHash3: x ^= x &gt;&gt;&gt; 33; x *= ff51afd7ed558ccd; x ^= x &gt;&gt;&gt; 33; x *= c4ceb9fe1a85ec53; x ^= x &gt;&gt;&gt; 33
 * ticket(n) = mix(fnv(shard + "#" + n)), with n from 0 to weight - 1 in decimal digits
 * score     = mix(fnv(resource) xor ticket(n)), compared as an unsigned number; of equal ones the first shard by name wins
 * </pre>
 *
 * Test vectors, for the shards {@code east} and {@code north} of weight 1 and {@code west} of weight 2:
 *
 * <pre>
 * fnv("orders/42") = a62399f64f6961df    ticket(0) of east = 4fe621fdcaa879b0
 * "orders/42" is in west, with the score d677263c13eeb837    "a" in north, with cbd5e2404d6217fa
 * "Z\u00fcrich" in west, with d94b61c103093724               "\u6771\u4eac" in west, with aaeefeadb29a571c
 * "\ud83d\udd12" in west, with b26842008b9bebf1         "job-2" in east, with e3fbd8a858ab2bc8
 * </pre>
 *
 * <p>To choose costs time in proportion to the sum of the weights: keep them small. The hash isn't made to withstand
 * somebody who picks names in order to overload one shard.
 *
 * <p>Immutable and thread-safe.
 */
public final class ShardMap {
    /** The most shards in a map. */
    public static final int MAX_SHARDS = 1024;

    /** The greatest weight of a shard. */
    public static final int MAX_WEIGHT = 100;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final Map<String, Integer> weights;
    private final List<String> names;
    private final long[] tickets;
    private final int[] owners;

    private ShardMap(SortedMap<String, Integer> weights) {
        this.weights = weights;
        this.names = List.copyOf(weights.keySet());
        int sum = weights.values().stream().mapToInt(Integer::intValue).sum();
        this.tickets = new long[sum];
        this.owners = new int[sum];
        int next = 0;
        for (int shard = 0; shard < names.size(); shard++) {
            String name = names.get(shard);
            for (int number = 0; number < weightOf(name); number++) {
                tickets[next] = StableHash.mix(StableHash.ofText(name + "#" + number));
                owners[next++] = shard;
            }
        }
    }

    /**
     * A map of equally large shards.
     *
     * @param shards their names: 1 to 64 ASCII letters, digits, dots, underscores and hyphens, the first a letter or digit
     * @return the map
     * @throws IllegalArgumentException if there is none, there are too many, or a name is malformed or given twice
     */
    public static ShardMap of(String... shards) {
        ShardMap map = new ShardMap(new TreeMap<>());
        for (String shard : shards) {
            map = map.with(shard, 1);
        }
        map.requireNotEmpty();
        return map;
    }

    /**
     * A map of shards that differ in size.
     *
     * @param weights the name of each shard, as in {@link #of}, and its weight, from 1 to {@link #MAX_WEIGHT}: one of
     *     weight 2 has twice as many resources as one of weight 1
     * @return the map
     * @throws IllegalArgumentException if there is none, there are too many, or a name or a weight is out of its limits
     */
    public static ShardMap ofWeights(Map<String, Integer> weights) {
        ShardMap map = new ShardMap(new TreeMap<>());
        for (Map.Entry<String, Integer> shard : weights.entrySet()) {
            map = map.with(shard.getKey(), shard.getValue());
        }
        map.requireNotEmpty();
        return map;
    }

    private void requireNotEmpty() {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one shard");
        }
    }

    private ShardMap with(String shard, int weight) {
        Objects.requireNonNull(shard, "shard");
        requireName(shard);
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException(
                    "weight of shard '" + shard + "' must be from 1 to " + MAX_WEIGHT + ", but was " + weight);
        }
        SortedMap<String, Integer> more = new TreeMap<>(weights);
        if (more.put(shard, weight) != null) {
            throw new IllegalArgumentException("there are two shards with the name '" + shard + "'");
        }
        if (more.size() > MAX_SHARDS) {
            throw new IllegalArgumentException("there must be at most " + MAX_SHARDS + " shards");
        }
        return new ShardMap(more);
    }

    private static void requireName(String shard) {
        // What is no name may be a part of a URI with a password in it, and isn't repeated.
        if (!NAME.matcher(shard).matches()) {
            throw new IllegalArgumentException(
                    "a shard's name must be 1 to 64 ASCII letters, digits, dots, underscores or hyphens, the first a"
                            + " letter or digit");
        }
    }

    /**
     * The names of the shards.
     *
     * @return all names, in their order
     */
    public List<String> shards() {
        return names;
    }

    /**
     * A shard's weight.
     *
     * @param shard its name
     * @return its weight; 0 if it isn't in this map
     */
    public int weightOf(String shard) {
        return weights.getOrDefault(shard, 0);
    }

    /**
     * The shard that a resource belongs to.
     *
     * @param resource its name
     * @return the name of one of the {@link #shards()}
     */
    public String shardOf(String resource) {
        return names.get(indexOf(resource));
    }

    /** The place of a resource's shard in {@link #shards()}. */
    int indexOf(String resource) {
        long hash = StableHash.ofText(resource);
        int best = 0;
        long bestScore = 0;
        for (int i = 0; i < tickets.length; i++) {
            // Flipped, signed comparison is unsigned comparison. Tickets are in the order of their shards' names.
            long score = StableHash.mix(hash ^ tickets[i]) ^ Long.MIN_VALUE;
            if (i == 0 || score > bestScore) {
                best = i;
                bestScore = score;
            }
        }
        return owners[best];
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ShardMap map && weights.equals(map.weights);
    }

    @Override
    public int hashCode() {
        return weights.hashCode();
    }

    @Override
    public String toString() {
        List<String> shown = new ArrayList<>();
        weights.forEach((name, weight) -> shown.add(weight == 1 ? name : name + "*" + weight));
        return "ShardMap" + shown;
    }
}
