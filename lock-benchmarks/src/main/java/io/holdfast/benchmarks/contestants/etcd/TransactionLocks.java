package io.holdfast.benchmarks.contestants.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import io.holdfast.benchmarks.contestants.NamedLocks;
import io.holdfast.benchmarks.contestants.Setup;

/**
 * The least that a correct lock asks of etcd, by hand: a transaction that puts the key if there is none, and one that
 * compares and deletes, on one lease for the process that is kept alive. No queue: waiters try again each millisecond.
 */
public final class TransactionLocks implements NamedLocks<RawHold> {
    private static final int PAUSE_MILLIS = 1;
    private static final ByteSequence HELD = Endpoints.bytes("held");

    private final Client etcd;
    private final KV store;
    private final SharedLease lease;
    private final PutOption leased;

    /**
     * Connects.
     *
     * @param setup where to
     */
    public TransactionLocks(Setup setup) {
        etcd = Endpoints.connect(setup);
        store = etcd.getKVClient();
        lease = SharedLease.of(etcd, Endpoints.seconds(setup));
        leased = PutOption.builder().withLeaseId(lease.id()).build();
    }

    @Override
    public RawHold acquire(String resource, String client) throws InterruptedException {
        ByteSequence key = Endpoints.bytes("raw/" + resource);
        while (true) {
            TxnResponse answer = Endpoints.await(store.txn()
                    .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                    .Then(Op.put(key, HELD, leased))
                    .commit());
            if (answer.isSucceeded()) {
                return new RawHold(key, answer.getHeader().getRevision());
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    @Override
    public void release(RawHold hold) {
        TxnResponse answer = Endpoints.join(store.txn()
                .If(new Cmp(hold.key(), Cmp.Op.EQUAL, CmpTarget.createRevision(hold.revision())))
                .Then(Op.delete(hold.key(), DeleteOption.DEFAULT))
                .commit());
        if (!answer.isSucceeded()) {
            throw new IllegalStateException(hold.key() + " isn't held any more");
        }
    }

    @Override
    public void close() {
        lease.renewal().close();
        etcd.close();
    }
}
