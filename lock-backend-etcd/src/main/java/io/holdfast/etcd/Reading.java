package io.holdfast.etcd;

import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnResponse;
import java.util.List;

/**
 * Who was in a queue at a revision, as a transaction has seen it.
 *
 * @param tickets the first of them, or all, first come first
 * @param isComplete whether they are all
 * @param revision as of which revision
 */
record Reading(List<KeyValue> tickets, boolean isComplete, long revision) {
    /** What somebody knows who hasn't looked. */
    static final Reading NONE = new Reading(List.of(), false, 0);

    /** A transaction's answer to {@link Txns#start} or {@link Txns#all}. */
    static Reading of(TxnResponse response, int index) {
        RangeResponse range = Txns.range(response, index);
        return new Reading(
                range.getKvsList(),
                range.getKvsCount() == range.getCount(),
                response.getHeader().getRevision());
    }
}
