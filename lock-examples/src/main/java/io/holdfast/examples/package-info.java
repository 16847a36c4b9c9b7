/** Small programs that show the locks at work; {@link io.holdfast.examples.QuickStart} is the smallest. */
@NullMarked
package io.holdfast.examples;

import org.jspecify.annotations.NullMarked;
