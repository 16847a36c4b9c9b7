/** The scenarios that JMH can measure, and the command that runs them all. */
@NullMarked
package io.holdfast.benchmarks;

import org.jspecify.annotations.NullMarked;
