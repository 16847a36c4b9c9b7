package io.holdfast.benchmarks;

/**
 * What two parts of one run have in common: otherwise their figures don't stand side by side.
 *
 * @param mode how long turns take
 * @param commit what is measured
 * @param servers which running servers are used, and where those that are started keep their data
 */
record Origin(String mode, String commit, String servers) {
    @Override
    public String toString() {
        return mode + " at commit " + commit + " (" + servers + ")";
    }
}
