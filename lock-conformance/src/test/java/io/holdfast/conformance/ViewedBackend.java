package io.holdfast.conformance;

import io.holdfast.spi.LockBackend;

/** Has a view of its own for callers who wait, which does what the backend itself does. */
final class ViewedBackend extends ForwardingBackend {
    private final LockBackend view;

    ViewedBackend(LockBackend target) {
        super(target);
        this.view = new ForwardingBackend(target) {};
    }

    @Override
    public LockBackend blocking() {
        return view;
    }
}
