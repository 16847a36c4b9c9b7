package io.holdfast.benchmarks;

/** Names for resources and clients: 20 characters each, all different. */
public final class Labels {
    /** How long each name is. */
    public static final int LENGTH = 20;

    private Labels() {}

    /**
     * A name.
     *
     * @param kind how it begins
     * @param number what tells it from others of the kind
     * @return the kind, then the number with leading zeros: a new string each time
     */
    public static String of(String kind, int number) {
        String digits = Integer.toString(number);
        return kind + "0".repeat(LENGTH - kind.length() - digits.length()) + digits;
    }
}
