package io.holdfast.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Translates the few kinds of transactions that are used here into the words of jetcd's client, and their answers back. */
final class ClientTxn {
    private ClientTxn() {}

    static CompletableFuture<TxnResponse> commit(KV client, TxnRequest request) {
        return client.txn()
                .If(request.getCompareList().stream().map(ClientTxn::compare).toArray(Cmp[]::new))
                .Then(request.getSuccessList().stream()
                        .map(ClientTxn::operation)
                        .toArray(Op[]::new))
                .Else(request.getFailureList().stream()
                        .map(ClientTxn::operation)
                        .toArray(Op[]::new))
                .commit()
                .thenApply(response -> answer(request, response));
    }

    private static Cmp compare(Compare compare) {
        CmpTarget<?> target = compare.getTarget() == Compare.CompareTarget.MOD
                ? CmpTarget.modRevision(compare.getModRevision())
                : CmpTarget.createRevision(compare.getCreateRevision());
        return new Cmp(ByteSequence.from(compare.getKey()), Cmp.Op.EQUAL, target);
    }

    private static Op operation(RequestOp operation) {
        return switch (operation.getRequestCase()) {
            case REQUEST_PUT -> put(operation.getRequestPut());
            case REQUEST_DELETE_RANGE ->
                Op.delete(ByteSequence.from(operation.getRequestDeleteRange().getKey()), DeleteOption.DEFAULT);
            case REQUEST_RANGE -> get(operation.getRequestRange());
            default -> throw new IllegalArgumentException("no such operation is used here");
        };
    }

    private static Op put(PutRequest put) {
        PutOption lease = PutOption.builder().withLeaseId(put.getLease()).build();
        return Op.put(ByteSequence.from(put.getKey()), ByteSequence.from(put.getValue()), lease);
    }

    private static Op get(RangeRequest range) {
        GetOption.Builder option =
                GetOption.builder().withLimit(range.getLimit()).withKeysOnly(range.getKeysOnly());
        if (!range.getRangeEnd().isEmpty()) {
            option.withRange(ByteSequence.from(range.getRangeEnd()));
        }
        if (range.getSortTarget() == RangeRequest.SortTarget.CREATE) {
            option.withSortField(GetOption.SortTarget.CREATE).withSortOrder(GetOption.SortOrder.ASCEND);
        }
        return Op.get(ByteSequence.from(range.getKey()), option.build());
    }

    private static TxnResponse answer(TxnRequest request, io.etcd.jetcd.kv.TxnResponse response) {
        TxnResponse.Builder answer = TxnResponse.newBuilder()
                .setSucceeded(response.isSucceeded())
                .setHeader(ResponseHeader.newBuilder()
                        .setRevision(response.getHeader().getRevision())
                        .setRaftTerm(response.getHeader().getRaftTerm()));
        List<RequestOp> done = response.isSucceeded() ? request.getSuccessList() : request.getFailureList();
        Iterator<GetResponse> gets = response.getGetResponses().iterator();
        for (RequestOp operation : done) {
            answer.addResponses(answer(operation, gets));
        }
        return answer.build();
    }

    private static ResponseOp answer(RequestOp operation, Iterator<GetResponse> gets) {
        return switch (operation.getRequestCase()) {
            case REQUEST_RANGE ->
                ResponseOp.newBuilder().setResponseRange(range(gets.next())).build();
            case REQUEST_PUT ->
                ResponseOp.newBuilder()
                        .setResponsePut(PutResponse.getDefaultInstance())
                        .build();
            default ->
                ResponseOp.newBuilder()
                        .setResponseDeleteRange(DeleteRangeResponse.getDefaultInstance())
                        .build();
        };
    }

    private static RangeResponse range(GetResponse response) {
        RangeResponse.Builder range = RangeResponse.newBuilder().setCount(response.getCount());
        response.getKvs().forEach(found -> range.addKvs(key(found)));
        return range.build();
    }

    static KeyValue key(io.etcd.jetcd.KeyValue key) {
        return KeyValue.newBuilder()
                .setKey(ByteString.copyFrom(key.getKey().getBytes()))
                .setValue(ByteString.copyFrom(key.getValue().getBytes()))
                .setCreateRevision(key.getCreateRevision())
                .setModRevision(key.getModRevision())
                .setLease(key.getLease())
                .build();
    }
}
