package io.holdfast.spi;

/** Whatever hold a client has of a resource. */
record ClientHold(String resource, String client) implements HoldRef {
    @Override
    public long token() {
        return ANY_TOKEN;
    }
}
