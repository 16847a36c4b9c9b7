package io.holdfast.conformance;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Says which of the contract's numbered promises a test verifies. If the test fails, that promise is broken.
 *
 * <p>Tests may run in parallel, except for those that count threads: these lock {@link #THREADS}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@ResourceLock(value = Promise.THREADS, mode = ResourceAccessMode.READ)
public @interface Promise {
    /** The number of the last promise; they begin at 1. */
    int LAST = 15;

    /** The name of what tests share that run in one JVM, for {@link ResourceLock}. */
    String THREADS = "threads of this JVM";

    /**
     * Which promise.
     *
     * @return its number in the contract
     */
    int value();
}
