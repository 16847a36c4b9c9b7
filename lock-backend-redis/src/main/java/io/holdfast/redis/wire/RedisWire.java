package io.holdfast.redis.wire;

import io.holdfast.LockBackendException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The wire to one server, one Sentinel group or one Cluster. */
final class RedisWire implements Wire {
    /** How long closing waits for threads that have been told to end. */
    private static final long FAREWELL_MILLIS = 1_000;

    private final Router router;
    private final Context context;
    private final boolean durable;
    private final Wire blocking = new Blocking();
    private final AtomicBoolean closed = new AtomicBoolean();

    RedisWire(Router router, Context context) {
        this.router = router;
        this.context = context;
        this.durable = context.limits().durability() != null;
    }

    @Override
    public CompletableFuture<Reply> run(Script script, List<byte[]> keys, List<byte[]> args, boolean durably) {
        return run(command(script, keys, args, durably), RedisWire::wake);
    }

    @Override
    public CompletableFuture<Reply> run(
            Script script,
            List<byte[]> keys,
            List<byte[]> args,
            BiConsumer<? super @Nullable Reply, ? super @Nullable Throwable> heed) {
        return run(command(script, keys, args, false), heed, RedisWire::wake);
    }

    /** Queues a command, and then has it served. */
    private CompletableFuture<Reply> run(Command command, Consumer<Command> serve) {
        if (closed.get()) {
            command.giveUp(ended());
        } else {
            router.queue(command);
            serve.accept(command);
        }
        return command.future();
    }

    private CompletableFuture<Reply> run(
            Command command,
            BiConsumer<? super @Nullable Reply, ? super @Nullable Throwable> heed,
            Consumer<Command> serve) {
        CompletableFuture<Reply> heeded = command.heededBy(heed);
        CompletableFuture<Reply> unused = run(command, serve);
        return heeded;
    }

    private static void wake(Command queued) {
        queued.link().wake();
    }

    private Command command(Script script, List<byte[]> keys, List<byte[]> args, boolean durably) {
        Objects.requireNonNull(script, "script");
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("keys must not be empty");
        }
        return new Command(
                script,
                keys,
                args,
                durable && durably,
                context.ticker().read(),
                context.limits().patienceNanos());
    }

    private static LockBackendException ended() {
        return LockBackendException.notApplied(Failures.closed().message(), null);
    }

    @Override
    public Wire blocking() {
        return blocking;
    }

    @Override
    public CompletableFuture<Address> address(byte[] key) {
        Address current = router.linkOf(key).subscription().current();
        if (current != null) {
            return CompletableFuture.completedFuture(current);
        }
        Command locate =
                Command.locate(key, context.ticker().read(), context.limits().patienceNanos());
        CompletableFuture<Address> address = new CompletableFuture<>();
        CompletableFuture<?> unused = run(locate, RedisWire::wake)
                .thenCompose(reply -> locate.link().subscription().await(locate.deadline()))
                .whenComplete((found, failure) -> {
                    if (failure == null) {
                        address.complete(found);
                    } else {
                        address.completeExceptionally(unwrapped(failure));
                    }
                });
        return address;
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    @Override
    public Duration answerTimeout() {
        return context.limits().answer();
    }

    @Override
    public void listen(Listener listener) {
        context.listener().set(listener);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        router.close();
        boolean interrupted = Thread.interrupted();
        for (Link link : router.links()) {
            interrupted |= Stream.of(link.ioThread(), link.subscription().thread())
                    .filter(Objects::nonNull)
                    .filter(thread -> thread != Thread.currentThread())
                    .map(RedisWire::isInterruptedBeforeEndOf)
                    .reduce(false, Boolean::logicalOr);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isInterruptedBeforeEndOf(Thread thread) {
        try {
            thread.join(FAREWELL_MILLIS);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    @Override
    public String toString() {
        return "RedisWire" + router.links().stream().map(Link::name).toList();
    }

    /** The view for callers that wait. */
    private final class Blocking implements Wire {
        @Override
        public CompletableFuture<Reply> run(Script script, List<byte[]> keys, List<byte[]> args, boolean durably) {
            return RedisWire.this.run(waitedFor(script, keys, args, durably), Link::serveHere);
        }

        @Override
        public CompletableFuture<Reply> run(
                Script script,
                List<byte[]> keys,
                List<byte[]> args,
                BiConsumer<? super @Nullable Reply, ? super @Nullable Throwable> heed) {
            return RedisWire.this.run(waitedFor(script, keys, args, false), heed, Link::serveHere);
        }

        private Command waitedFor(Script script, List<byte[]> keys, List<byte[]> args, boolean durably) {
            Command command = command(script, keys, args, durably);
            command.waitedForBy(Thread.currentThread());
            return command;
        }

        @Override
        public Wire blocking() {
            return this;
        }

        @Override
        public CompletableFuture<Address> address(byte[] key) {
            return RedisWire.this.address(key);
        }

        @Override
        public Duration answerTimeout() {
            return RedisWire.this.answerTimeout();
        }

        @Override
        public void listen(Listener listener) {
            RedisWire.this.listen(listener);
        }

        @Override
        public void close() {
            RedisWire.this.close();
        }
    }
}
