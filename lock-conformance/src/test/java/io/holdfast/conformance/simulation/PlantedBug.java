package io.holdfast.conformance.simulation;

/** A mistake that a simulated world can be made to have, to see whether it would be found. */
interface PlantedBug {
    /** What some violation says when it shows; empty where nothing is planted. */
    String symptom();
}
