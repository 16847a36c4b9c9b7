package io.holdfast.conformance.history;

/** What a recorded call was told. */
public enum Outcome {
    /** It was granted, carried out, or a hold was found. */
    DONE,
    /** It was not granted, there was nothing to carry out, or no hold was found. */
    NOTHING,
    /** It failed, and has certainly changed nothing. */
    FAILED,
    /** No answer, or one that leaves open whether it was carried out: it may take effect at any later time, or never. */
    UNKNOWN
}
