package io.holdfast.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a lock guards within one JVM. The checks are plain memory accesses that the compiler may not fold away (opaque
 * mode), so they cost each contestant the same next to nothing and lend no ordering that the lock itself should give.
 */
public final class CriticalSection implements Guarded {
    private static final VarHandle INSIDE = inside();
    private static final int NOBODY = 0;

    @SuppressWarnings("UnusedVariable") // Read through the handle.
    private int inside;

    private long passes;

    /** Nobody is inside yet. */
    public CriticalSection() {}

    private static VarHandle inside() {
        try {
            return MethodHandles.lookup().findVarHandle(CriticalSection.class, "inside", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    @Override
    public void enter(int who) {
        expect(NOBODY, who);
        INSIDE.setOpaque(this, who);
        // Not atomic: increments get lost if the lock doesn't exclude or doesn't publish.
        passes++;
    }

    @Override
    public void leave(int who) {
        expect(who, who);
        INSIDE.setOpaque(this, NOBODY);
    }

    private void expect(int expected, int who) {
        int found = (int) INSIDE.getOpaque(this);
        if (found != expected) {
            throw new IllegalStateException(
                    "two threads hold the lock at once: " + who + " found " + found + " inside");
        }
    }

    @Override
    public long passes() {
        return passes;
    }
}
