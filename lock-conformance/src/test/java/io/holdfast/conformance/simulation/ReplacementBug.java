package io.holdfast.conformance.simulation;

/** Mistakes that people make when they replace a member of a quorum. */
enum ReplacementBug implements PlantedBug {
    /** None: the steps as they are documented. */
    NONE(""),
    /** The member that is replaced goes on running, and processes with the old list go on using it. */
    OLD_MEMBER_STILL_RUNS("two hold"),
    /** The new member is trusted at once, as if it had remembered for long all that it hasn't granted. */
    NEW_MEMBER_TRUSTED_AT_ONCE("two hold");

    private final String symptom;

    ReplacementBug(String symptom) {
        this.symptom = symptom;
    }

    @Override
    public String symptom() {
        return symptom;
    }
}
