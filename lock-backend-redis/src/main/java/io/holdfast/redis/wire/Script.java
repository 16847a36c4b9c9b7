package io.holdfast.redis.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import redis.clients.jedis.args.Rawable;
import redis.clients.jedis.args.RawableFactory;

/**
 * A server script in Lua. Immutable.
 *
 * <p>It must be idempotent, since after a lost reply it is run again; and it must not meet a key of a wrong type after
 * its first write, since Redis takes nothing back: {@code WRONGTYPE} is told as 'nothing was changed'.
 */
public final class Script {
    private final String name;
    private final byte[] source;
    private final Rawable digest;

    private Script(String name, byte[] source) {
        this.name = name;
        this.source = source;
        this.digest = RawableFactory.from(HexFormat.of().formatHex(sha1(source)));
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
    Rawable digest() {
        return digest;
    }

    @Override
    public String toString() {
        return name;
    }

    private static byte[] sha1(byte[] source) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(source);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
