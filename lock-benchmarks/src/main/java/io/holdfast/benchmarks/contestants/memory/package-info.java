/** Contestants that need no server: each has its locks within one JVM. */
@NullMarked
package io.holdfast.benchmarks.contestants.memory;

import org.jspecify.annotations.NullMarked;
