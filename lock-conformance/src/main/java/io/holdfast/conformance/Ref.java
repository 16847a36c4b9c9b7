package io.holdfast.conformance;

import io.holdfast.spi.HoldRef;

/** Names a hold that may not exist. */
record Ref(String resource, String client, long token) implements HoldRef {}
