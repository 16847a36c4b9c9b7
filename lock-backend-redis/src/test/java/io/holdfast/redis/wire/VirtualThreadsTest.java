package io.holdfast.redis.wire;

import static io.holdfast.redis.wire.Lua.list;
import static io.holdfast.redis.wire.Lua.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.core.SystemTime;
import io.holdfast.testservers.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Virtual threads as callers, where the JDK has them; an interrupt closes the socket that one of them reads. */
@Timeout(60)
class VirtualThreadsTest {
    private final SystemTime time = new SystemTime();
    private RedisServer server;
    private Wire wire;

    @BeforeEach
    void connect() {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads came with JDK 21");
        server = RedisServer.start();
        wire = TestWires.to(server.uri()).build(time, time);
    }

    @AfterEach
    void close() {
        if (server != null) {
            wire.close();
            server.close();
        }
        time.close();
    }

    @Test
    void theyShareOneConnection() throws Exception {
        ExecutorService virtual = virtualThreads();
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int t = 0; t < 200; t++) {
                String name = "v" + t;
                all.add(virtual.submit(() -> echoes(name, 20)));
            }
            for (Future<Boolean> each : all) {
                assertThat(each.get(30, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            virtual.shutdownNow();
        }
    }

    @Test
    void anInterruptOfOneHarmsNobody() throws Exception {
        ExecutorService virtual = virtualThreads();
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int t = 0; t < 20; t++) {
                String name = "w" + t;
                all.add(virtual.submit(() -> echoes(name, 200)));
            }
            for (int i = 0; i < 50; i++) {
                Future<Boolean> victim = virtual.submit(() -> echoes("victim", 10_000));
                TimeUnit.MILLISECONDS.sleep(2);
                victim.cancel(true);
            }
            for (Future<Boolean> each : all) {
                assertThat(each.get(30, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            virtual.shutdownNow();
        }
    }

    private boolean echoes(String name, int times) throws Exception {
        for (int i = 0; i < times && !Thread.currentThread().isInterrupted(); i++) {
            CompletableFuture<Reply> reply = wire.blocking().run(Lua.ECHO, list(name), list(name + i));
            if (!text(reply.get(30, TimeUnit.SECONDS).value()).equals(name + i)) {
                return false;
            }
        }
        return true;
    }

    /** Called by name: the library is compiled for JDK 17. */
    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }
}
