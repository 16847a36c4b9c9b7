package io.holdfast.benchmarks.report;

/**
 * One measured number.
 *
 * @param round in which round; from 1
 * @param scenario in which scenario
 * @param contestant of whom
 * @param metric what is counted
 * @param value how much of it
 */
public record Figure(int round, String scenario, String contestant, Metric metric, double value) {}
