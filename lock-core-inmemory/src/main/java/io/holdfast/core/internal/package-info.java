/** Data structures that the lock manager and the in-memory engine share. Not for applications: they may change at any time. */
@NullMarked
package io.holdfast.core.internal;

import org.jspecify.annotations.NullMarked;
