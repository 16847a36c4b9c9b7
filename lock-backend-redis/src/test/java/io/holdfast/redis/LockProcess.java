package io.holdfast.redis;

import io.holdfast.DistributedLock;
import io.holdfast.LockHandle;
import io.holdfast.LockLostException;
import io.holdfast.LockOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * The main class of a JVM that does with locks what a test tells it, a line for each command and a line for each answer. It ends
 * with its input. Started as {@link OwnJvm}.
 */
final class LockProcess {
    private static final String RESOURCE = "resource";
    private static final Duration LONG = Duration.ofMinutes(1);

    private final DistributedLock locks;
    private final CountDownLatch lost = new CountDownLatch(1);
    private final LockOptions options;
    private CompletableFuture<LockHandle> hold = new CompletableFuture<>();

    private LockProcess(DistributedLock locks, Duration lease) {
        this.locks = locks;
        this.options = LockOptions.defaults().withLease(lease);
    }

    /**
     * Follows commands until there are no more.
     *
     * @param arguments the server's URI and the lease of holds in milliseconds
     */
    @SuppressWarnings("SystemOut") // because this is how it talks to the test
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (DistributedLock locks = TestBackends.locks(arguments[0])) {
            LockProcess process = new LockProcess(locks, Duration.ofMillis(Long.parseLong(arguments[1])));
            out.println("ready");
            for (String command = in.readLine(); command != null; command = in.readLine()) {
                out.println(process.answer(command));
            }
        }
    }

    private String answer(String command) throws Exception {
        String[] words = command.split(" ", -1);
        switch (words[0]) {
            case "ask" -> hold = locks.acquireAsync(RESOURCE, words[1], LONG, options);
            case "hold" -> hold.join().onLost(gone -> lost.countDown());
            case "contend" -> contend(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
            case "close" -> hold.join().close();
            default -> {
                return look(words[0]);
            }
        }
        return "done";
    }

    private String look(String what) throws InterruptedException {
        LockHandle held = hold.join();
        return switch (what) {
            case "token" -> String.valueOf(held.fencingToken());
            case "valid" -> String.valueOf(held.isValid());
            case "heartbeat" -> String.valueOf(held.heartbeat());
            case "release" -> String.valueOf(locks.release(RESOURCE, held.client()));
            case "ensure" -> ensure(held);
            case "lost" -> {
                lost.await();
                yield "true";
            }
            default -> throw new IllegalArgumentException(what);
        };
    }

    private static String ensure(LockHandle held) {
        try {
            held.ensureValid();
            return "valid";
        } catch (LockLostException gone) {
            return "lost";
        }
    }

    private void contend(String name, int threads, int grants) throws InterruptedException {
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            String client = name + "-" + i;
            Thread thread = new Thread(() -> {
                for (int grant = 0; grant < grants; grant++) {
                    locks.acquireAsync(RESOURCE, client, LONG).join().close();
                }
            });
            all.add(thread);
            thread.start();
        }
        for (Thread thread : all) {
            thread.join();
        }
    }
}
