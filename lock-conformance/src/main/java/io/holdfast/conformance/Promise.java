package io.holdfast.conformance;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says which of the contract's numbered promises a test verifies. If the test fails, that promise is broken. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Promise {
    /** The number of the last promise; they begin at 1. */
    int LAST = 15;

    /**
     * Which promise.
     *
     * @return its number in the contract
     */
    int value();
}
