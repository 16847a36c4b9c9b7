package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.LockHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What locks cost a server: calls, and keys that stay. */
class ServerCallsTest extends OneServerTest {
    /** Of scripts, and of commands that no script runs. */
    private static final Pattern CALLS = Pattern.compile(
            "cmdstat_(evalsha|eval|script\\S*|ping|hello|auth|select|client\\S*|subscribe|unsubscribe|psubscribe"
                    + "|wait|waitaof|multi|exec|watch|info|config\\|get|acl\\S*):calls=(\\d+)");

    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void anUncontendedPairIsTwoCalls() throws InterruptedException {
        locks.acquire("warm", "up", LONG).close();
        server.command("CONFIG", "RESETSTAT");
        for (int i = 0; i < 100; i++) {
            locks.acquire("resource-" + i, "client", LONG).close();
        }
        assertThat(calls()).isEqualTo(200);
    }

    @Test
    void aContendedGrantIsTwoCallsAndSeldomMore() throws Exception {
        int threads = 16;
        int each = 40;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                String client = "client-" + i;
                work.add(pool.submit(() -> {
                    for (int grant = 0; grant < each; grant++) {
                        LockHandle hold = locks.acquire("one", client, LONG);
                        hold.close();
                    }
                    return null;
                }));
            }
            for (Future<?> done : work) {
                done.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat((double) calls() / (threads * each)).isBetween(2.0, 2.1);
    }

    @Test
    void aGrantThatProcessesContendForIsTwoCallsAndSeldomMore() throws Exception {
        int processes = 4;
        int threads = 4;
        int each = 100;
        List<OwnJvm> all = new ArrayList<>();
        try {
            for (int i = 0; i < processes; i++) {
                all.add(OwnJvm.start(server.uri(), LONG));
            }
            server.command("CONFIG", "RESETSTAT");
            for (int i = 0; i < processes; i++) {
                all.get(i).tell("contend client-" + i + " " + threads + " " + each);
            }
            for (OwnJvm process : all) {
                assertThat(process.hear()).isEqualTo("done");
            }
        } finally {
            all.forEach(OwnJvm::close);
        }
        assertThat((double) calls() / (processes * threads * each)).isBetween(2.0, 2.1);
    }

    @Test
    void nothingButTheTokenCounterStaysOfAHundredThousandNames() throws Exception {
        int threads = 8;
        int each = 12_500;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                String part = "resource-" + i + "-";
                work.add(pool.submit(() -> {
                    for (int name = 0; name < each; name++) {
                        locks.acquire(part + name, "client", LONG).close();
                    }
                    return null;
                }));
            }
            for (Future<?> done : work) {
                done.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(server.command("KEYS", "*")).isEqualTo(List.of("holdfast:tokens"));
    }

    @Test
    void ofAQueueThatWasServedNothingStays() throws Exception {
        LockHandle first = locks.acquire("one", "first", LONG);
        List<Future<LockHandle>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(locks.acquireAsync("one", "client-" + i, LONG));
        }
        waiting.get(3).cancel(true);
        first.close();
        for (Future<LockHandle> each : waiting) {
            if (!each.isCancelled()) {
                each.get().close();
            }
        }
        assertThat(server.command("KEYS", "*")).isEqualTo(List.of("holdfast:tokens"));
    }

    @Test
    void everythingButTheTokenCounterEndsByItself() throws Exception {
        LockHandle held = locks.acquire("one", "first", LONG);
        Future<LockHandle> waiting = locks.acquireAsync("one", "second", LONG);
        while (locks.inspect("one").orElseThrow().waiters() == 0) {
            Thread.onSpinWait();
        }
        List<?> keys = (List<?>) server.command("KEYS", "*");
        assertThat(keys).hasSize(4);
        for (Object key : keys) {
            boolean ends = (Long) server.command("PTTL", (String) key) > 0;
            assertThat(ends).as("%s ends by itself", key).isEqualTo(!key.equals("holdfast:tokens"));
        }
        waiting.cancel(true);
        held.close();
    }

    private long calls() {
        Matcher matcher = CALLS.matcher(server.info("commandstats"));
        long calls = 0;
        while (matcher.find()) {
            calls += Long.parseLong(matcher.group(2));
        }
        return calls;
    }
}
