/**
 * Real servers to throw away: Redis and etcd as processes on 127.0.0.1, started within moments, that a test can pause, kill and
 * restart, with faults in the network between and wall clocks that step. Nothing of them is left when the JVM has ended,
 * however it ended.
 *
 * <p>They need Linux or macOS: faults are signals.
 */
@NullMarked
package io.holdfast.testservers;

import org.jspecify.annotations.NullMarked;
