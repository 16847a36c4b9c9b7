package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.RenewOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One process as the store sees it: a connection, and the commands in short. Commands wait for the store's answer. */
final class Peer {
    final LockBackend backend;
    private final Topic topic;

    Peer(LockBackend backend, Topic topic) {
        this.backend = backend;
        this.topic = topic;
    }

    AcquireRequest request(String resource, String client, Duration lease, Duration wait) {
        return AcquireRequests.of(resource, client, lease, wait, topic.fixture().ticker());
    }

    /** A request for a hold that outlasts the test. */
    AcquireRequest request(String client, Duration wait) {
        return request(topic.resource, client, Topic.LONG_LEASE, wait);
    }

    AcquireReply send(AcquireRequest request) {
        return topic.await(backend.acquire(request));
    }

    /** Tries once, without waiting. */
    AcquireReply tryOnce(String client) {
        return send(request(client, Duration.ZERO));
    }

    /** Takes what is free, or held by this client already. */
    Grant take(String client) {
        return take(request(client, Duration.ZERO));
    }

    /** The same for a test that waits for the lease to end. */
    Grant takeBriefly(String client) {
        AcquireRequest request = request(topic.resource, client, topic.lease(), Duration.ZERO);
        topic.leaseBegins(request.startedAt());
        return take(request);
    }

    Grant take(AcquireRequest request) {
        AcquireReply reply = send(request);
        assertThat(reply).as("the answer to " + request).isInstanceOf(Grant.class);
        return (Grant) reply;
    }

    /** Joins the queue for what somebody else holds. */
    Waiter queue(String client) {
        return queue(request(client, Topic.LONG));
    }

    /** The same for a hold whose lease ends during the test. */
    Waiter queueBriefly(String client) {
        return queue(request(topic.resource, client, topic.lease(), Topic.LONG));
    }

    Waiter queue(AcquireRequest request) {
        AcquireReply reply = send(request);
        if (reply instanceof Grant) {
            topic.assumeLeaseLasts();
        }
        assertThat(reply).as("the answer to " + request).isInstanceOf(AcquireReply.Queued.class);
        return new Waiter(request, ((AcquireReply.Queued) reply).grant().toCompletableFuture(), backend, topic);
    }

    boolean release(HoldRef hold) {
        return topic.await(backend.release(hold));
    }

    RenewOutcome renew(HoldRef hold) {
        List<RenewOutcome> outcomes = topic.await(backend.renew(List.of(hold)));
        assertThat(outcomes).hasSize(1);
        return outcomes.get(0);
    }

    boolean renews(HoldRef hold) {
        return renew(hold) instanceof RenewOutcome.Renewed;
    }

    Optional<LockInfo> withdraw(AcquireRequest request) {
        return topic.await(backend.withdraw(request));
    }

    Optional<LockInfo> look() {
        return look(topic.resource);
    }

    Optional<LockInfo> look(String resource) {
        return topic.await(backend.inspect(resource));
    }

    /** Who holds the resource now; empty if nobody does. */
    Optional<String> holder() {
        return look().map(LockInfo::client);
    }

    int waiters() {
        return look().map(LockInfo::waiters).orElse(0);
    }
}
