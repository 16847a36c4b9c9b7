package io.holdfast.conformance.simulation;

import io.holdfast.LockInfo;
import io.holdfast.conformance.ForwardingBackend;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.LockBackend;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Gives requests ids that are the same in every run of a seed, instead of random ones: a quorum takes its pauses from
 * them.
 */
final class NumberedRequests extends ForwardingBackend {
    private final long process;
    private final Map<Long, Long> numbers = new HashMap<>();

    /** For the requests of a process, whose name no other has. */
    NumberedRequests(LockBackend target, String process) {
        super(target);
        this.process = (long) process.hashCode() << Integer.SIZE;
    }

    @Override
    public CompletionStage<AcquireReply> acquire(AcquireRequest request) {
        return super.acquire(numbered(request));
    }

    @Override
    public CompletionStage<Optional<LockInfo>> withdraw(AcquireRequest request) {
        return super.withdraw(numbered(request));
    }

    private AcquireRequest numbered(AcquireRequest request) {
        long id = process | numbers.computeIfAbsent(request.id(), unknown -> (long) numbers.size());
        return new AcquireRequest(
                id,
                request.resource(),
                request.client(),
                request.leaseMillis(),
                request.waitNanos(),
                request.startedAt());
    }
}
