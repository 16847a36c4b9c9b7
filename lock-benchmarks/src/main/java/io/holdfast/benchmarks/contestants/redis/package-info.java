/** Contestants that keep their locks in Redis, and what Redis itself takes for a lock. */
@NullMarked
package io.holdfast.benchmarks.contestants.redis;

import org.jspecify.annotations.NullMarked;
