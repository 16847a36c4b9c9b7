package io.holdfast.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a lock guards: it notices when two are inside at once. The checks are plain memory accesses that the compiler
 * may not fold away (opaque mode), so they cost each contestant the same next to nothing and lend no ordering that the
 * lock itself should give.
 */
public final class CriticalSection {
    private static final VarHandle INSIDE = inside();
    private static final int NOBODY = 0;

    @SuppressWarnings("UnusedVariable") // Read through the handle.
    private int inside;

    private long passes;

    private static VarHandle inside() {
        try {
            return MethodHandles.lookup().findVarHandle(CriticalSection.class, "inside", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /**
     * Goes in and out again.
     *
     * @param who a number other than 0 that nobody else uses
     * @throws IllegalStateException if somebody else is inside
     */
    public void pass(int who) {
        expect(NOBODY, who);
        INSIDE.setOpaque(this, who);
        // Not atomic: increments get lost if the lock doesn't exclude or doesn't publish.
        passes++;
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

    /**
     * How often somebody passed; only to be read by one who holds the lock or when all are done.
     *
     * @return the count
     */
    public long passes() {
        return passes;
    }
}
