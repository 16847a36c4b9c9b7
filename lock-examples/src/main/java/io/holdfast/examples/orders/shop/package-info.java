/**
 * The job: workers sell from a common stock, each item guarded by a lock. Begin with
 * {@link io.holdfast.examples.orders.shop.LockedSeller}, which shows how a lock is to be used.
 */
@NullMarked
package io.holdfast.examples.orders.shop;

import org.jspecify.annotations.NullMarked;
