/**
 * Locks spread over several independent stores: {@link io.holdfast.sharded.ShardedLocks} opens them,
 * {@link io.holdfast.sharded.ShardMap} says which resource belongs to which shard, in a way that other languages can
 * repeat.
 */
@NullMarked
package io.holdfast.sharded;

import org.jspecify.annotations.NullMarked;
