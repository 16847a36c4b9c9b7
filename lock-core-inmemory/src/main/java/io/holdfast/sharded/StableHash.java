package io.holdfast.sharded;

/** The hashes behind {@link ShardMap}: the same in every process, version and language. */
final class StableHash {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private StableHash() {}

    /** FNV-1a (Fowler, Noll, Vo), 64 bits, over the text's UTF-8; lone surrogates don't occur in names. */
    static long ofText(String text) {
        long hash = FNV_OFFSET;
        int codePoint;
        for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
            codePoint = text.codePointAt(i);
            hash = withCodePoint(hash, codePoint);
        }
        return hash;
    }

    private static long withCodePoint(long hash, int codePoint) {
        if (codePoint < 0x80) {
            return withByte(hash, codePoint);
        }
        if (codePoint < 0x800) {
            return withTail(withByte(hash, 0xC0 | (codePoint >>> 6)), codePoint, 0);
        }
        if (codePoint < 0x10000) {
            return withTail(withByte(hash, 0xE0 | (codePoint >>> 12)), codePoint, 6);
        }
        return withTail(withByte(hash, 0xF0 | (codePoint >>> 18)), codePoint, 12);
    }

    /** The bytes after the first, which carry six bits each. */
    private static long withTail(long hash, int codePoint, int firstShift) {
        long result = hash;
        for (int shift = firstShift; shift >= 0; shift -= 6) {
            result = withByte(result, 0x80 | ((codePoint >>> shift) & 0x3F));
        }
        return result;
    }

    private static long withByte(long hash, int value) {
        return (hash ^ value) * FNV_PRIME;
    }

    /** The 64-bit finaliser of MurmurHash3 (Austin Appleby): spreads each bit of its input over all of its output. */
    static long mix(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
