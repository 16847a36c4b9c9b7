package io.holdfast.redis;

import io.holdfast.redis.wire.Script;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The server scripts. What they do, and what of it is atomic, is said in the {@code .lua} files next to this class. */
final class Scripts {
    static final Script ACQUIRE = load("acquire");
    static final Script WITHDRAW = load("withdraw");
    static final Script RELEASE = load("release");
    static final Script RENEW = load("renew");
    static final Script INSPECT = load("inspect");
    static final Script GUARD = load("guard");
    static final Script EVICTION = load("eviction");

    private static final String INCLUDE = "--#include lock.lua\n";

    private Scripts() {}

    /** Redis knows no modules: what the scripts share is put in where they ask for it. */
    private static Script load(String name) {
        return Script.of(name, read(name + ".lua").replace(INCLUDE, read("lock.lua")));
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
