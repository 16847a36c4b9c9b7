/** The demo that {@code ./demo} runs: a shop's orders, sold by many workers at once. */
@NullMarked
package io.holdfast.examples.orders;

import org.jspecify.annotations.NullMarked;
