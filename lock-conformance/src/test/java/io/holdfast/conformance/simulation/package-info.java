/**
 * The lock manager in a simulated world: one seed decides every delay, loss, duplicate, pause, crash and restart, and
 * {@link io.holdfast.conformance.simulation.Observer} notes whatever the contract forbids.
 *
 * <p>{@link io.holdfast.conformance.simulation.World} is time and chance;
 * {@link io.holdfast.conformance.simulation.SimulatedServer} holds a lock table behind
 * {@link io.holdfast.conformance.simulation.Network};
 * {@link io.holdfast.conformance.simulation.SimulatedBackend} is the adapter of each
 * {@link io.holdfast.conformance.simulation.Member}; each {@link io.holdfast.conformance.simulation.Caller} uses the
 * lock as an application does. {@link io.holdfast.conformance.simulation.Bug} lists the mistakes that are planted to
 * show what would be found.
 */
package io.holdfast.conformance.simulation;
