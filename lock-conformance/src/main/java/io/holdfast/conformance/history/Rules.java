package io.holdfast.conformance.history;

import java.time.Duration;

/**
 * What a store promises beyond what every store must.
 *
 * @param fair whether it serves waiters first come, first served
 * @param overhang how much longer than granted a hold may last in the store without renewal: rounding, and the time in
 *     which the store notices
 */
public record Rules(boolean fair, Duration overhang) {}
