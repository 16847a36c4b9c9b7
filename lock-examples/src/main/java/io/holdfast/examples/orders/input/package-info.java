/** Reads a file of orders, and says of each row that isn't one where it is and what is wrong with it. */
@NullMarked
package io.holdfast.examples.orders.input;

import org.jspecify.annotations.NullMarked;
