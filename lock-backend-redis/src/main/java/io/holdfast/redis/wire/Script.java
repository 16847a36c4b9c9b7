package io.holdfast.redis.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/** A server script in Lua. It must be idempotent: after a lost reply it is run again. Immutable. */
public final class Script {
    private final String name;
    private final byte[] source;
    private final byte[] sha1;

    private Script(String name, byte[] source) {
        this.name = name;
        this.source = source;
        this.sha1 = HexFormat.of().formatHex(digest(source)).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads a script from a resource that lies next to a class.
     *
     * @param neighbour a class in the resource's package
     * @param resource the file's name, such as {@code acquire.lua}
     * @return the script, named as the file is without its ending
     * @throws IllegalArgumentException if there is no such resource
     */
    public static Script load(Class<?> neighbour, String resource) {
        try (InputStream in = neighbour.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no script " + resource + " next to " + neighbour.getName());
            }
            return new Script(resource.replaceFirst("\\.lua$", ""), in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + resource, e);
        }
    }

    /**
     * Makes a script from its text.
     *
     * @param name what messages call it
     * @param source the Lua text
     * @return the script
     */
    public static Script of(String name, String source) {
        return new Script(Objects.requireNonNull(name, "name"), source.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * What messages call it.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    byte[] source() {
        return source;
    }

    /** The digest in hexadecimal, as {@code EVALSHA} takes it. */
    byte[] sha1() {
        return sha1;
    }

    @Override
    public String toString() {
        return name;
    }

    private static byte[] digest(byte[] source) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(source);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
