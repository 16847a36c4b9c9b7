/** Holdfast and what one would use in its place, behind one interface. */
@NullMarked
package io.holdfast.benchmarks.contestants;

import org.jspecify.annotations.NullMarked;
