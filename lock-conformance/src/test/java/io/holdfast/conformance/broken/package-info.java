/**
 * The tests of the suite: a plain store that keeps all promises, stores that each break one, and proof that the suite
 * tells which.
 */
@NullMarked
package io.holdfast.conformance.broken;

import org.jspecify.annotations.NullMarked;
