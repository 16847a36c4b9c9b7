/** The scenarios that JMH can't measure: small programs, each run in a JVM of its own. */
@NullMarked
package io.holdfast.benchmarks.programs;

import org.jspecify.annotations.NullMarked;
