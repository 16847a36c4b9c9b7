package com.example.locks;

import io.holdfast.inmemory.InMemoryEngine;
import io.holdfast.spi.LockBackend;

/** Stands for a stranger's store in the documentation's example: the in-memory engine, in real time. */
final class MyStore {
    private static final InMemoryEngine SERVER = InMemoryEngine.create();

    private MyStore() {}

    static LockBackend connect() {
        return SERVER.connect();
    }
}
