/** How counts, times and other people's text are written. */
@NullMarked
package io.holdfast.examples.orders.text;

import org.jspecify.annotations.NullMarked;
