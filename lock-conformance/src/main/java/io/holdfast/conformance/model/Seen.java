package io.holdfast.conformance.model;

import io.holdfast.LockInfo;
import io.holdfast.inmemory.LockTable;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.Grant;
import java.util.Optional;

/**
 * An answer, without what the two sides needn't agree on.
 *
 * @param what the answer
 * @param client the client that it names; empty for none
 * @param token the token that it names, which each side chooses itself; 0 for none
 */
record Seen(String what, String client, long token) {
    static Seen of(LockTable.Answer answer) {
        if (answer instanceof Grant grant) {
            return granted(grant);
        }
        return new Seen(answer instanceof LockTable.Placed ? "queued" : "refused", "", 0);
    }

    static Seen of(AcquireReply reply) {
        if (reply instanceof Grant grant) {
            return granted(grant);
        }
        return new Seen(reply instanceof AcquireReply.Queued ? "queued" : "refused", "", 0);
    }

    static Seen granted(Grant grant) {
        return new Seen("granted to", grant.client(), grant.token());
    }

    static Seen holder(Optional<LockInfo> holder) {
        return holder.map(info -> new Seen("held by", info.client(), info.fencingToken()))
                .orElse(new Seen("free", "", 0));
    }

    static Seen told(boolean done) {
        return new Seen(done ? "done" : "nothing there", "", 0);
    }

    @Override
    public String toString() {
        return "'" + what + (client.isEmpty() ? "" : " " + client + " with token " + token) + "'";
    }
}
