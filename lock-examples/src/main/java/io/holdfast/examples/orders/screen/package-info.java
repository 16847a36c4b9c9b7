/** What the demo shows: live progress on a terminal, plain lines elsewhere. */
@NullMarked
package io.holdfast.examples.orders.screen;

import org.jspecify.annotations.NullMarked;
