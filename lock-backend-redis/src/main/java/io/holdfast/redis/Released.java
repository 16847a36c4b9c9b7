package io.holdfast.redis;

import io.holdfast.redis.wire.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the release script said.
 *
 * @param ended whether it ended a hold
 * @param claims the requests that shared the hold, unless there was only the one that was expected
 * @param granted the requests of this process that have the resource now
 * @param token the token of these
 * @param leaseMillis the lease of these
 * @param resent whether the release was sent more than once, so that an answer may have been lost
 * @param sentAt the ticker's reading before it was sent
 */
record Released(
        boolean ended,
        List<Long> claims,
        List<Long> granted,
        long token,
        long leaseMillis,
        boolean resent,
        long sentAt) {
    private static final String AS_EXPECTED = "=";

    static boolean isEnd(Reply reply) {
        return !Long.valueOf(0).equals(reply.value());
    }

    static Released of(Reply reply) {
        if (!(reply.value() instanceof byte[] text)) {
            return new Released(isEnd(reply), List.of(), List.of(), 0, 0, reply.resent(), reply.sentAt());
        }
        Words words = new Words(text);
        String claims = words.next();
        List<Long> ids = claims.equals(AS_EXPECTED)
                ? List.of()
                : Stream.of(claims.split(",", -1)).map(Commands::parseId).toList();
        if (words.isAtEnd()) {
            return new Released(true, ids, List.of(), 0, 0, reply.resent(), reply.sentAt());
        }
        long token = words.token();
        long lease = words.number();
        List<Long> granted = new ArrayList<>(1);
        while (!words.isAtEnd()) {
            granted.add(words.id());
        }
        return new Released(true, ids, granted, token, lease, reply.resent(), reply.sentAt());
    }
}
