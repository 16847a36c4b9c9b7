package io.holdfast.benchmarks.programs;

import java.util.concurrent.ThreadFactory;

/** Virtual threads for code that is compiled for Java 17, which has none. */
final class VirtualThreads {
    private VirtualThreads() {}

    /**
     * Makes virtual threads.
     *
     * @throws UnsupportedOperationException if this JVM has none
     */
    static ThreadFactory factory() {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            return (ThreadFactory) Class.forName("java.lang.Thread$Builder")
                    .getMethod("factory")
                    .invoke(builder);
        } catch (ReflectiveOperationException missing) {
            throw new UnsupportedOperationException("virtual threads need Java 21 or newer", missing);
        }
    }
}
