package io.holdfast.redis;

import io.holdfast.redis.wire.Address;
import io.holdfast.redis.wire.Reply;
import io.holdfast.redis.wire.Script;
import io.holdfast.redis.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A wire on which a test decides when a command goes on its way, and when its answer comes. */
final class InterceptedWire implements Wire {
    private final Wire wire;
    private volatile Interceptor interceptor = (script, args, send) -> send.get();
    private volatile @Nullable Listener listener;

    InterceptedWire(Wire wire) {
        this.wire = wire;
    }

    void intercept(Interceptor next) {
        interceptor = next;
    }

    /** What hears of messages. */
    Listener listener() {
        Listener present = listener;
        if (present == null) {
            throw new IllegalStateException("nobody listens");
        }
        return present;
    }

    private CompletableFuture<Reply> run(Script script, List<byte[]> args, Supplier<CompletableFuture<Reply>> send) {
        String words = String.join(
                " ",
                args.stream()
                        .map(arg -> new String(arg, StandardCharsets.UTF_8))
                        .toList());
        return interceptor.pass(script, words, send);
    }

    @Override
    public CompletableFuture<Reply> run(Script script, List<byte[]> keys, List<byte[]> args, boolean durable) {
        return run(script, args, () -> wire.run(script, keys, args, durable));
    }

    @Override
    public CompletableFuture<Reply> run(
            Script script,
            List<byte[]> keys,
            List<byte[]> args,
            BiConsumer<? super @Nullable Reply, ? super @Nullable Throwable> heed) {
        return run(script, args, () -> wire.run(script, keys, args)).whenComplete(heed);
    }

    @Override
    public Wire blocking() {
        return this;
    }

    @Override
    public CompletableFuture<Address> address(byte[] key) {
        return wire.address(key);
    }

    @Override
    public Duration answerTimeout() {
        return wire.answerTimeout();
    }

    @Override
    public void listen(Listener told) {
        listener = told;
        wire.listen(told);
    }

    @Override
    public void close() {
        wire.close();
    }

    /** Stands between whoever sends a command and the wire. */
    @FunctionalInterface
    interface Interceptor {
        /**
         * Passes a command on.
         *
         * @param args its arguments, with blanks between them
         * @param send sends it and gives the answer
         * @return what the sender is to get in its place
         */
        CompletableFuture<Reply> pass(Script script, String args, Supplier<CompletableFuture<Reply>> send);
    }
}
