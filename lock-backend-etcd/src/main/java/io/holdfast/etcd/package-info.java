/**
 * Locks kept by etcd, in the layout of etcd's own recipe: {@link io.holdfast.etcd.EtcdLocks} connects.
 *
 * <p>A client that holds or waits has a key in the resource's queue, bound to a lease of its own. The key with the
 * lowest create revision is the hold, and that revision its fencing token.
 */
@NullMarked
package io.holdfast.etcd;

import org.jspecify.annotations.NullMarked;
