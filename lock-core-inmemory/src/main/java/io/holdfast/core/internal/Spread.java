package io.holdfast.core.internal;

/** Hashes of names whose bits are mixed well enough to choose a stripe by some of them and a place in its table by others. */
public final class Spread {
    private Spread() {}

    /**
     * A name's hash.
     *
     * @param name any string
     * @return its {@link String#hashCode}, which names with a common prefix and counted endings make dense, spread over all 32 bits (the finaliser of
     *     Austin Appleby's MurmurHash3)
     */
    public static int hash(String name) {
        int hash = name.hashCode();
        hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
        return hash ^ (hash >>> 16);
    }

    /**
     * The stripe of a name, chosen by the high bits, which tables inside a stripe leave alone until they are huge.
     *
     * @param name any string
     * @param stripes how many stripes there are, a power of two
     * @return a number from 0 to stripes - 1
     */
    public static int stripe(String name, int stripes) {
        return (hash(name) >>> 16) & (stripes - 1);
    }
}
