/** Locks in Redis or Valkey: server scripts that keep the lock, the queue and the fencing tokens. */
@NullMarked
package io.holdfast.redis;

import org.jspecify.annotations.NullMarked;
