/** Figures as they were measured, as JSON and as tables. */
@NullMarked
package io.holdfast.benchmarks.report;

import org.jspecify.annotations.NullMarked;
