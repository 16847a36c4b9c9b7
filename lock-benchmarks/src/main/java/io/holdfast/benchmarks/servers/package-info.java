/** The servers that contestants are measured on: running ones, or ones to throw away; and what they tell of themselves. */
@NullMarked
package io.holdfast.benchmarks.servers;

import org.jspecify.annotations.NullMarked;
