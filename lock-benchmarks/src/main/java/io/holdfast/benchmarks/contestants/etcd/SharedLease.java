package io.holdfast.benchmarks.contestants.etcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;

/**
 * One lease for all holds of a process, kept alive.
 *
 * @param id its number
 * @param renewal what keeps it alive
 */
record SharedLease(long id, CloseableClient renewal) {
    static SharedLease of(Client etcd, long seconds) {
        long id = Endpoints.join(etcd.getLeaseClient().grant(seconds)).getID();
        CloseableClient renewal = etcd.getLeaseClient()
                .keepAlive(id, Observers.<LeaseKeepAliveResponse>builder().build());
        return new SharedLease(id, renewal);
    }
}
