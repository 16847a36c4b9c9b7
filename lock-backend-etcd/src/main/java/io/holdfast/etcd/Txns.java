package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.Optional;

/** The parts that transactions are put together from. */
final class Txns {
    /** More than commonly wait for one resource, and little enough for an answer. */
    static final int START = 32;

    private Txns() {}

    static Compare isAbsent(ByteString key) {
        return created(key, 0);
    }

    /** True if no key begins with the prefix. */
    static Compare isEmpty(ByteString queue) {
        return created(queue, 0).toBuilder().setRangeEnd(Keys.end(queue)).build();
    }

    /** True if the key has been there, without a gap, since a revision. */
    static Compare created(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.CREATE)
                .setResult(Compare.CompareResult.EQUAL)
                .setCreateRevision(revision)
                .build();
    }

    /** True if the key was written last at a revision. */
    static Compare written(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.EQUAL)
                .setModRevision(revision)
                .build();
    }

    static RequestOp put(ByteString key, ByteString value, long lease) {
        return RequestOp.newBuilder()
                .setRequestPut(
                        PutRequest.newBuilder().setKey(key).setValue(value).setLease(lease))
                .build();
    }

    static RequestOp delete(ByteString key) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key))
                .build();
    }

    static RequestOp get(ByteString key) {
        return RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(key))
                .build();
    }

    /** The first of a queue, which is the hold, and the length of the queue. */
    static RequestOp first(ByteString queue) {
        return range(inOrder(queue).setLimit(1));
    }

    /** The start of a queue, first come first: all of it unless it is long. */
    static RequestOp start(ByteString queue) {
        return range(inOrder(queue).setLimit(START));
    }

    /** The keys of a queue, first come first. */
    static RequestOp all(ByteString queue) {
        return range(inOrder(queue).setKeysOnly(true));
    }

    private static RangeRequest.Builder inOrder(ByteString queue) {
        return RangeRequest.newBuilder()
                .setKey(queue)
                .setRangeEnd(Keys.end(queue))
                .setSortTarget(RangeRequest.SortTarget.CREATE)
                .setSortOrder(RangeRequest.SortOrder.ASCEND);
    }

    private static RequestOp range(RangeRequest.Builder range) {
        return RequestOp.newBuilder().setRequestRange(range).build();
    }

    /**
     * Begins a transaction that compares on behalf of all nodes, and if that fails reads a key. Without any read, one node
     * would answer by itself: etcd asks the others only if there is a read that isn't marked as serializable.
     */
    static TxnRequest.Builder agreed(ByteString key) {
        return TxnRequest.newBuilder().addFailure(get(key));
    }

    /** A transaction that only reads. */
    static TxnRequest read(RequestOp... reads) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (RequestOp read : reads) {
            txn.addSuccess(read);
        }
        return txn.build();
    }

    static RangeResponse range(TxnResponse response, int index) {
        return response.getResponses(index).getResponseRange();
    }

    /** The key that was asked for, or the first of a range. */
    static Optional<KeyValue> found(TxnResponse response, int index) {
        RangeResponse range = range(response, index);
        return range.getKvsCount() == 0 ? Optional.empty() : Optional.of(range.getKvs(0));
    }
}
