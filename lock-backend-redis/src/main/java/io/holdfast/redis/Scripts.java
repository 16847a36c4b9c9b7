package io.holdfast.redis;

import io.holdfast.redis.wire.Script;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server scripts. What they do, and what of it is atomic, is said in the {@code .lua} files next to this class. */
final class Scripts {
    /** Redis knows no modules: what the scripts share is put in where they ask for it. */
    private static final Pattern INCLUDE = Pattern.compile("^ *--#include (\\S+)$", Pattern.MULTILINE);

    static final Script ACQUIRE = load("acquire");
    static final Script WITHDRAW = load("withdraw");
    static final Script RELEASE = load("release");
    static final Script RENEW = load("renew");
    static final Script INSPECT = load("inspect");
    static final Script GUARD = load("guard");
    static final Script CHECK = load("check");
    static final Script RAISE_TOKEN = load("raise-token");
    static final Script RAISE_FLOOR = load("raise-floor");

    private Scripts() {}

    private static Script load(String name) {
        return Script.of(name, complete(read(name + ".lua")));
    }

    private static String complete(String source) {
        return INCLUDE.matcher(source).replaceAll(file -> Matcher.quoteReplacement(complete(read(file.group(1)))));
    }

    private static String read(String file) {
        try (InputStream in = Scripts.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the script " + file + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
