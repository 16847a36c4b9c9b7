package io.holdfast.benchmarks.contestants.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Lock;
import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.contestants.Setup;

/**
 * jetcd's {@code Lock} with one lease for the whole process. It saves two of four writes, but etcd's lock service knows
 * an owner by his lease, so that all threads of the process are the same owner: they hold one resource at once. It
 * takes part only where nobody wants another's resource.
 */
public final class SharedLeaseJetcdLocks implements NamedLocks<ByteSequence> {
    private final Client etcd;
    private final Lock lock;
    private final SharedLease lease;

    /**
     * Connects.
     *
     * @param setup where to
     */
    public SharedLeaseJetcdLocks(Setup setup) {
        etcd = Endpoints.connect(setup);
        lock = etcd.getLockClient();
        lease = SharedLease.of(etcd, Endpoints.seconds(setup));
    }

    @Override
    public ByteSequence acquire(String resource, String client) throws InterruptedException {
        return Endpoints.await(lock.lock(Endpoints.bytes("shared/" + resource), lease.id()))
                .getKey();
    }

    @Override
    public void release(ByteSequence hold) {
        Endpoints.join(lock.unlock(hold));
    }

    @Override
    public void close() {
        lease.renewal().close();
        etcd.close();
    }
}
