package io.holdfast.quorum;

import io.holdfast.spi.HoldRef;

/** Names a hold by all that a hold is named by. */
record Named(String resource, String client, long token) implements HoldRef {}
