/** Contestants that keep their locks in a store of agreement: etcd, or ZooKeeper. */
@NullMarked
package io.holdfast.benchmarks.contestants.etcd;

import org.jspecify.annotations.NullMarked;
