/** Where the locks are kept: a store that the user names, or a real server that is started for the demo alone. */
@NullMarked
package io.holdfast.examples.orders.backend;

import org.jspecify.annotations.NullMarked;
