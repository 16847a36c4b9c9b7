package io.holdfast.redis;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * The names of keys. All keys of a resource begin with the name of its lock: the prefix, and in braces the resource's
 * name. The braces keep them in one slot of a Cluster. Braces and percent signs in the resource's name are written as in URIs, so that two
 * names never make the same key.
 */
final class KeySpace {
    private static final byte[] QUEUE = ascii(":queue");
    private static final byte[] WAITERS = ascii(":waiters");
    private static final byte[] WITHDRAWN = ascii(":withdrawn");

    /** All but the last, the withdrawn. */
    private static final int FOR_RELEASE = 4;

    /** The lock and the queue. */
    private static final int FOR_INSPECT = 2;

    private final byte[] prefix;
    private final byte[] memory;
    private final UnaryOperator<byte[]> tokensOf;

    private KeySpace(String prefix, UnaryOperator<byte[]> tokensOf) {
        this.prefix = utf8(prefix);
        this.memory = utf8(prefix + "memory");
        this.tokensOf = tokensOf;
    }

    /** The keys in a single server: one key counts the tokens of all resources. */
    static KeySpace single(String prefix) {
        byte[] tokens = utf8(checked(prefix) + "tokens");
        return new KeySpace(prefix, lock -> tokens);
    }

    /** The keys in a Cluster: one key for each slot counts the tokens of the resources in it. */
    static KeySpace cluster(String prefix) {
        SlotTags tags = SlotTags.get();
        byte[][] tokens = new byte[SlotTags.SLOTS][];
        String start = checked(prefix) + "{";
        return new KeySpace(prefix, lock -> {
            int slot = SlotTags.slotOf(lock);
            byte[] known = tokens[slot];
            if (known == null) {
                known = utf8(start + tags.tagOf(slot) + "}:tokens");
                tokens[slot] = known;
            }
            return known;
        });
    }

    private static String checked(String prefix) {
        Objects.requireNonNull(prefix, "prefix");
        if (prefix.indexOf('{') >= 0 || prefix.indexOf('}') >= 0) {
            // It isn't repeated, since it may come from a URI.
            throw new IllegalArgumentException("prefix must have no braces");
        }
        return prefix;
    }

    /** All keys of a resource, in the order in which the scripts want them. */
    List<byte[]> of(String resource) {
        byte[] lock = lock(resource);
        return List.of(lock, with(lock, QUEUE), with(lock, WAITERS), tokensOf.apply(lock), with(lock, WITHDRAWN));
    }

    /** Those of a resource's keys that a release needs: the server makes each key anew for each call. */
    static List<byte[]> ofRelease(List<byte[]> all) {
        return all.subList(0, FOR_RELEASE);
    }

    /** Those of a resource's keys that tell who holds it and how many wait. */
    static List<byte[]> ofInspect(List<byte[]> all) {
        return all.subList(0, FOR_INSPECT);
    }

    /** The keys of a resource, and the server's memory, which only a single server has as a whole. */
    List<byte[]> withMemory(String resource) {
        List<byte[]> keys = new ArrayList<>(of(resource));
        keys.add(memory);
        return List.copyOf(keys);
    }

    /** The keys of a resource that tell who holds it and how many wait. */
    List<byte[]> visible(String resource) {
        byte[] lock = lock(resource);
        return List.of(lock, with(lock, QUEUE));
    }

    byte[] lock(String resource) {
        byte[] name = utf8(resource);
        return isPlain(name) ? plain(name) : escaped(name);
    }

    private static boolean isPlain(byte[] name) {
        for (byte each : name) {
            if (isSpecial(each)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSpecial(byte character) {
        return character == '{' || character == '}' || character == '%';
    }

    private byte[] plain(byte[] name) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + name.length + 2);
        key[prefix.length] = '{';
        System.arraycopy(name, 0, key, prefix.length + 1, name.length);
        key[key.length - 1] = '}';
        return key;
    }

    private byte[] escaped(byte[] name) {
        ByteArrayOutputStream escaped = new ByteArrayOutputStream();
        for (byte each : name) {
            if (isSpecial(each)) {
                escaped.writeBytes(ascii(String.format("%%%02X", each)));
            } else {
                escaped.write(each);
            }
        }
        return plain(escaped.toByteArray());
    }

    private static byte[] with(byte[] lock, byte[] suffix) {
        byte[] key = Arrays.copyOf(lock, lock.length + suffix.length);
        System.arraycopy(suffix, 0, key, lock.length, suffix.length);
        return key;
    }

    /** Names have been checked: nothing in them is replaced. */
    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
