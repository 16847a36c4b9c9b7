package io.holdfast.core.internal;

import org.jspecify.annotations.Nullable;

/** Something that a {@link DueWheel} keeps until its time has come. Links itself, so that keeping it costs no allocation. */
public abstract class DueNode {
    @Nullable
    DueNode previous;

    @Nullable
    DueNode next;

    /** For subclasses. */
    protected DueNode() {}

    /**
     * When this is due. Must not change while a wheel keeps it.
     *
     * @return a moment on the ticker of the wheel's owner
     */
    protected abstract long due();
}
