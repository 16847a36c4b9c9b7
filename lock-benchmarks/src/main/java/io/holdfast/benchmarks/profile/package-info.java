/** Where the processor's time and the heap go while a turn counts: sampled by async-profiler in each JVM, summed up at the end. */
@NullMarked
package io.holdfast.benchmarks.profile;

import org.jspecify.annotations.NullMarked;
