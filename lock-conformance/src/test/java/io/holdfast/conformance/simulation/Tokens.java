package io.holdfast.conformance.simulation;

import io.holdfast.LockInfo;
import io.holdfast.spi.Grant;
import io.holdfast.spi.HoldRef;
import java.util.HashMap;
import java.util.Map;

/** The server's fencing tokens as the world sees them: the lock table's own, unless the server forgets them. */
final class Tokens {
    private final Map<String, Long> inside = new HashMap<>();
    private long forgotten;
    private long last;

    /** Forgets how far the tokens have come. */
    void beginAgain() {
        forgotten = last;
    }

    long toOutside(Grant grant) {
        return toOutside(grant, grant.token());
    }

    LockInfo toOutside(LockInfo info) {
        return new LockInfo(
                info.resource(),
                info.client(),
                toOutside(info.fencingToken()),
                info.status(),
                info.acquiredAt(),
                info.expiresAt(),
                info.remaining(),
                info.waiters());
    }

    private long toOutside(HoldRef hold, long token) {
        last = Math.max(last, token);
        long outside = toOutside(token);
        if (forgotten > 0) {
            inside.put(hold.client() + " " + hold.resource() + " " + outside, token);
        }
        return outside;
    }

    private long toOutside(long token) {
        return token > forgotten ? token - forgotten : token;
    }

    HoldRef toInside(HoldRef hold) {
        Long token = inside.get(hold.client() + " " + hold.resource() + " " + hold.token());
        return token == null ? hold : new Ref(hold.resource(), hold.client(), token);
    }

    private record Ref(String resource, String client, long token) implements HoldRef {}
}
