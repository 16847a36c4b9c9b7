/** Data structures and checks that the lock manager, the in-memory engine and locks that are made of several share. Not for applications: they may change at any time. */
@NullMarked
package io.holdfast.core.internal;

import org.jspecify.annotations.NullMarked;
