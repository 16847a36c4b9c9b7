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
 *
 * <p>The runs over several servers ({@link io.holdfast.conformance.simulation.QuorumSimulation},
 * {@link io.holdfast.conformance.simulation.ReplacementSimulation} and
 * {@link io.holdfast.conformance.simulation.MovingSimulation}) say when what happens; the rest they share: each is in a
 * {@link io.holdfast.conformance.simulation.Setting}, where a {@link io.holdfast.conformance.simulation.Fleet} of
 * processes meets {@link io.holdfast.conformance.simulation.Trouble}, and its
 * {@link io.holdfast.conformance.simulation.Applications} use the lock, until a
 * {@link io.holdfast.conformance.simulation.LookBack}. What a single server does isn't judged there, but what the
 * processes have, by {@link io.holdfast.conformance.simulation.HandleObserver}.
 */
package io.holdfast.conformance.simulation;
