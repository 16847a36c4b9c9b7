package io.holdfast.benchmarks.contestants.etcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Lock;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.holdfast.benchmarks.contestants.AsyncNamedLocks;
import io.holdfast.benchmarks.contestants.Setup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * jetcd's {@code Lock}, which is etcd's own lock service, with a lease for each hold: granted before and revoked after
 * it. The lease is kept alive only if renewal is asked for.
 */
public final class JetcdLocks implements AsyncNamedLocks<JetcdHold> {
    private static final CloseableClient NOTHING = new CloseableClient() {};

    private final Client etcd;
    private final Lock lock;
    private final Lease lease;
    private final long seconds;
    private final boolean renewal;
    private final ConcurrentMap<Long, Boolean> ended = new ConcurrentHashMap<>();

    /**
     * Connects.
     *
     * @param setup where to
     */
    public JetcdLocks(Setup setup) {
        etcd = Endpoints.connect(setup);
        lock = etcd.getLockClient();
        lease = etcd.getLeaseClient();
        seconds = Endpoints.seconds(setup);
        renewal = setup.renewal();
    }

    @Override
    public JetcdHold acquire(String resource, String client) throws InterruptedException {
        return Endpoints.await(request(resource));
    }

    @Override
    public void release(JetcdHold hold) {
        Endpoints.join(end(hold));
    }

    @Override
    public CompletionStage<JetcdHold> acquireAsync(String resource, String client) {
        return request(resource);
    }

    @Override
    public CompletionStage<?> releaseAsync(JetcdHold hold) {
        return end(hold);
    }

    private CompletableFuture<JetcdHold> request(String resource) {
        return lease.grant(seconds).thenCompose(granted -> {
            long id = granted.getID();
            CloseableClient kept = renewal ? keepAlive(id) : NOTHING;
            return lock.lock(Endpoints.bytes("jetcd/" + resource), id)
                    .thenApply(answer -> new JetcdHold(answer.getKey(), id, kept));
        });
    }

    private CloseableClient keepAlive(long id) {
        return lease.keepAlive(
                id,
                Observers.<LeaseKeepAliveResponse>builder()
                        .onError(failure -> ended.put(id, true))
                        .build());
    }

    private CompletableFuture<?> end(JetcdHold hold) {
        hold.renewal().close();
        return lock.unlock(hold.key()).thenCompose(unlocked -> lease.revoke(hold.lease()));
    }

    @Override
    public void requireHeld(JetcdHold hold) {
        if (ended.containsKey(hold.lease())) {
            throw new IllegalStateException("the lease " + hold.lease() + " has ended");
        }
    }

    @Override
    public void close() {
        etcd.close();
    }
}
