package io.holdfast.redis;

import io.holdfast.LockBackendException;
import io.holdfast.redis.wire.Reply;
import io.holdfast.redis.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
     * Looks.
     *
     * @param prefix what keys and channels begin with
     * @param sentToo commands that are sent besides those of the scripts, with arguments
     * @throws LockBackendException if the server can't be reached, or refuses what locks need
     */
    static void run(Wire wire, String prefix, List<String> sentToo) {
        List<byte[]> args = new ArrayList<>();
        // Channels have no white space.
        args.add(KeySpace.utf8(prefix.replaceAll("\\s", "_") + "check"));
        sentToo.forEach(command -> args.add(KeySpace.utf8(command)));
        Reply reply = answer(wire, List.of(KeySpace.single(prefix).lock("")), args);
        List<String> words = Commands.parts(reply).stream()
                .map(part -> new String((byte[]) part, StandardCharsets.US_ASCII))
                .toList();
        List<String> refused = words.subList(1, words.size());
        if (!refused.isEmpty()) {
            throw LockBackendException.notApplied(
                    "Redis at " + reply.node().name() + " doesn't permit " + String.join(", ", refused)
                            + " to the user: check its ACL rules",
                    null);
        }
        if (!words.get(0).isEmpty()) {
            LOG.warn(
                    "Redis may evict locks when its memory is full: its maxmemory-policy is {}; use noeviction",
                    words.get(0));
        }
    }

    private static Reply answer(Wire wire, List<byte[]> keys, List<byte[]> args) {
        try {
            return wire.blocking().run(Scripts.CHECK, keys, args).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof LockBackendException known
                    ? known
                    : LockBackendException.outcomeUnknown("can't talk to Redis", failed.getCause());
        }
    }
}
