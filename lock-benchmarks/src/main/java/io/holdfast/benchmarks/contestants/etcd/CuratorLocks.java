package io.holdfast.benchmarks.contestants.etcd;

import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.contestants.Setup;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.RetryNTimes;

/**
 * Curator's {@link InterProcessMutex} on one ZooKeeper server: a queue of sequential nodes, each waiter watches the one
 * before it. A hold lasts as long as the session of its process, and belongs to a thread.
 */
public final class CuratorLocks implements NamedLocks<InterProcessMutex> {
    private final CuratorFramework curator;

    /**
     * Connects.
     *
     * @param setup where to
     */
    public CuratorLocks(Setup setup) {
        curator = CuratorFrameworkFactory.newClient(setup.zooKeeper(), new RetryNTimes(3, 100));
        curator.start();
    }

    @Override
    public InterProcessMutex acquire(String resource, String client) throws InterruptedException {
        InterProcessMutex mutex = new InterProcessMutex(curator, "/curator/" + resource);
        try {
            mutex.acquire();
        } catch (InterruptedException | RuntimeException asIs) {
            throw asIs;
        } catch (Exception failed) {
            throw new IllegalStateException("ZooKeeper failed", failed);
        }
        return mutex;
    }

    @Override
    public void release(InterProcessMutex hold) {
        try {
            hold.release();
        } catch (RuntimeException asIs) {
            throw asIs;
        } catch (Exception failed) {
            throw new IllegalStateException("ZooKeeper failed", failed);
        }
    }

    @Override
    public void close() {
        curator.close();
    }
}
