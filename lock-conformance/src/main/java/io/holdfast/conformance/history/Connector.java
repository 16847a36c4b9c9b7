package io.holdfast.conformance.history;

import io.holdfast.spi.LockBackend;

/** Connects another JVM to the store under test. The class has a public constructor without arguments. */
@FunctionalInterface
public interface Connector {
    /**
     * Connects to the store.
     *
     * @param address where it is, as the test gave it
     * @return a connection
     */
    LockBackend connect(String address);
}
