package io.holdfast.redis;

import io.holdfast.LockBackendException;
import io.holdfast.redis.wire.Reply;
import io.holdfast.redis.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a server before locks are made in it. One that refuses its user a command is refused in turn. Of one that throws keys away when its
 * memory is full, which ends locks before their time, there is a warning.
 */
final class StartCheck {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLocks.class);

    private StartCheck() {}

    /**
     * Looks at one server.
     *
     * @throws LockBackendException if the server can't be reached, or refuses what locks need
     */
    static void run(Wire wire, String prefix) {
        List<byte[]> key = List.of(KeySpace.single(prefix).lock(""));
        List<byte[]> channel = List.of(KeySpace.utf8(prefix + "check"));
        Reply reply;
        try {
            reply = wire.blocking().run(Scripts.CHECK, key, channel).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof LockBackendException known
                    ? known
                    : LockBackendException.outcomeUnknown("can't talk to Redis", failed.getCause());
        }
        List<String> answer = Commands.parts(reply).stream()
                .map(part -> new String((byte[]) part, StandardCharsets.US_ASCII))
                .toList();
        List<String> refused = answer.subList(1, answer.size());
        if (!refused.isEmpty()) {
            throw LockBackendException.notApplied(
                    "Redis at " + reply.node().name() + " doesn't permit " + String.join(", ", refused)
                            + " to the user: check its ACL rules",
                    null);
        }
        if (!answer.get(0).isEmpty()) {
            LOG.warn(
                    "Redis may evict locks when its memory is full: its maxmemory-policy is {}; use noeviction",
                    answer.get(0));
        }
    }
}
