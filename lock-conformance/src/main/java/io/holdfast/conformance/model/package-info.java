/**
 * The model test: {@link io.holdfast.conformance.model.ModelCheck} runs random commands against a backend and against the
 * lock table, which says what a lock does, and compares them after each step. A sequence that fails is shrunk and
 * printed as a test.
 */
@NullMarked
package io.holdfast.conformance.model;

import org.jspecify.annotations.NullMarked;
