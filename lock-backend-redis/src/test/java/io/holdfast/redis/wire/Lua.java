package io.holdfast.redis.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.stream.Stream;

/** Small scripts, and the bytes of their arguments. */
final class Lua {
    /** Answers with its argument. */
    static final Script ECHO = Script.of("echo", "return ARGV[1]");

    static final Script GET = Script.of("get", "return redis.call('GET', KEYS[1])");
    static final Script SET = Script.of("set", "return redis.call('SET', KEYS[1], ARGV[1])");
    static final Script INCR = Script.of("incr", "return redis.call('INCR', KEYS[1])");

    /** Appends a number to a list, unless it is the last one there: idempotent. */
    static final Script APPEND = Script.of(
            "append",
            "if redis.call('LINDEX', KEYS[1], -1) ~= ARGV[1] then redis.call('RPUSH', KEYS[1], ARGV[1]) end return ARGV[1]");

    static final Script PUBLISH = Script.of("publish", "return redis.call('PUBLISH', ARGV[1], ARGV[2])");

    private Lua() {}

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static List<byte[]> list(String... texts) {
        return Stream.of(texts).map(Lua::bytes).toList();
    }

    static String text(Object reply) {
        return reply instanceof byte[] bytes ? new String(bytes, UTF_8) : String.valueOf(reply);
    }
}
