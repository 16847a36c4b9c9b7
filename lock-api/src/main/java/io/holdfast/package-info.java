/**
 * What an application sees of Holdfast: {@link io.holdfast.DistributedLock} grants {@link io.holdfast.LockHandle}s,
 * {@link io.holdfast.LockOptions} shapes them, and everything that can go wrong is a {@link io.holdfast.LockException}.
 *
 * <p>The words are used the same way everywhere. A <em>resource</em> is the thing to be locked. A <em>client</em> is
 * who asks: it names one unit of work, not a process or a thread. A <em>hold</em> is one client's possession of one
 * resource, a <em>lease</em> how long it lasts without a <em>heartbeat</em>, and a <em>fencing token</em> a number that
 * is greater for each new hold of a resource.
 */
@NullMarked
package io.holdfast;

import org.jspecify.annotations.NullMarked;
