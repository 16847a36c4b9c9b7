package io.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.spi.AcquireReply;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promise 14. */
abstract class NamesOfAllKindsTests extends LockTopic {
    NamesOfAllKindsTests(Supplier<BackendFixture> fixtures) {
        super(fixtures);
    }

    @ParameterizedTest
    @EnumSource
    @Promise(14)
    final void anyTextNamesAResource(OddName odd) throws InterruptedException {
        givenExclusion();
        String name = odd.after(resource);
        LockHandle hold = locks().acquire(name, ALICE, Duration.ZERO);
        Peer other = peer();
        assertThat(hold.resource()).isEqualTo(name);
        assertThat(other.look(name).map(LockInfo::resource)).contains(name);
        assertThat(other.send(other.request(name, BOB, LONG_LEASE, Duration.ZERO)))
                .isInstanceOf(AcquireReply.Held.class);
        assertThat(hold.heartbeat()).isTrue();
        assertThat(result(hold.releaseAsync())).isTrue();
        assertThat(other.look(name)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @Promise(14)
    final void anyTextNamesAClient(OddName odd) throws InterruptedException {
        givenExclusion();
        String name = odd.text();
        LockHandle hold = locks().acquire(resource, name, Duration.ZERO);
        Peer other = peer();
        assertThat(hold.client()).isEqualTo(name);
        assertThat(other.holder()).contains(name);
        assertThat(other.tryOnce(BOB)).isInstanceOf(AcquireReply.Held.class);
        assertThat(other.renews(HoldRef.ofClient(resource, name))).isTrue();
        assertThat(other.release(HoldRef.ofClient(resource, name))).isTrue();
        assertThat(other.look()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @Promise(14)
    final void anyTextCanWait(OddName odd) {
        Peer peer = peer();
        String name = odd.after(resource);
        Grant held = peer.take(peer.request(name, ALICE, LONG_LEASE, Duration.ZERO));
        Waiter waiter = peer.queue(peer.request(name, odd.text(), LONG_LEASE, LONG));
        peer.release(held);
        given(waiter.isGranted(), 10, "the waiter isn't told of the release");
        assertThat(waiter.grant().resource()).isEqualTo(name);
        assertThat(waiter.grant().client()).isEqualTo(odd.text());
    }

    @Test
    @Promise(14)
    final void noTwoResourcesShareAHold() {
        Peer peer = peer();
        List<Grant> grants = new ArrayList<>();
        for (OddName odd : OddName.values()) {
            AcquireReply reply = peer.send(peer.request(odd.after(resource), odd.text(), LONG_LEASE, Duration.ZERO));
            assertThat(reply).as("a hold of %s", odd).isInstanceOf(Grant.class);
            grants.add((Grant) reply);
        }
        for (Grant grant : grants) {
            assertThat(peer.release(grant))
                    .as("the release of %s", grant.resource())
                    .isTrue();
        }
    }

    @Test
    @Promise(14)
    final void noTwoResourcesShareAQueue() {
        Peer peer = peer();
        Grant held = peer.take(peer.request(resource + ":a", ALICE, LONG_LEASE, Duration.ZERO));
        peer.take(peer.request(resource + ":b", ALICE, LONG_LEASE, Duration.ZERO));
        Waiter waiter = peer.queue(peer.request(resource + ":b", BOB, LONG_LEASE, LONG));
        peer.release(held);
        settle();
        assertThat(waiter.stillWaits()).isTrue();
        assertThat(peer.look(resource + ":a")).isEmpty();
    }

    @Test
    @Promise(14)
    final void noTwoClientsShareAHold() {
        givenExclusion();
        Peer peer = peer();
        for (OddName odd : OddName.values()) {
            String name = resource + "/" + odd;
            peer.take(peer.request(name, odd.text(), LONG_LEASE, Duration.ZERO));
            // All at once: one after the other, these are so many that a slow store takes minutes.
            Map<OddName, CompletionStage<AcquireReply>> replies = new EnumMap<>(OddName.class);
            for (OddName other : OddName.values()) {
                if (other != odd) {
                    replies.put(
                            other, peer.backend.acquire(peer.request(name, other.text(), LONG_LEASE, Duration.ZERO)));
                }
            }
            replies.forEach((other, reply) ->
                    assertThat(await(reply)).as("%s while %s holds", other, odd).isInstanceOf(AcquireReply.Held.class));
        }
    }

    @Test
    @Promise(14)
    final void whereTheResourceEndsAndTheClientBeginsIsClear() {
        Peer peer = peer();
        for (String separator : List.of(":", "/", " ", "\0", "|", ",", "\n")) {
            String name = resource + separator + "a" + separator + "b";
            peer.take(peer.request(name, "c", LONG_LEASE, Duration.ZERO));
            String shorter = resource + separator + "a";
            peer.release(HoldRef.ofClient(shorter, "b" + separator + "c"));
            assertThat(peer.look(name)).isPresent();
        }
    }
}
