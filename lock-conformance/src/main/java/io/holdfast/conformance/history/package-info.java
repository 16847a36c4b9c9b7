/**
 * Proof from the outside: {@link io.holdfast.conformance.history.Hammer} has many clients in many threads use a few resources,
 * {@link io.holdfast.conformance.history.RecordingBackend} writes down each call with its start, end and answer, and
 * {@link io.holdfast.conformance.history.HistoryChecker} says whether a lock can have given these answers at all.
 */
@NullMarked
package io.holdfast.conformance.history;

import org.jspecify.annotations.NullMarked;
