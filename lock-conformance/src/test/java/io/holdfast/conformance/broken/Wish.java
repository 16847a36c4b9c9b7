package io.holdfast.conformance.broken;

import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A request that waits in the simple store. */
record Wish(AcquireRequest request, SimpleConnection from, CompletableFuture<Optional<Grant>> answer) {}
