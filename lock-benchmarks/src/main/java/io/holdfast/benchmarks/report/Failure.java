package io.holdfast.benchmarks.report;

/**
 * A turn that gave no figures.
 *
 * @param round in which round; from 1
 * @param scenario in which scenario
 * @param contestant whose turn
 * @param reason what went wrong
 */
public record Failure(int round, String scenario, String contestant, String reason) {}
