package io.holdfast.benchmarks.contestants.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.holdfast.benchmarks.contestants.Setup;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** jetcd as one would set it up, and its futures as blocking calls. */
final class Endpoints {
    private static final int PATIENCE_SECONDS = 120;

    private Endpoints() {}

    static Client connect(Setup setup) {
        String[] endpoints = Arrays.stream(setup.etcd().split(",", -1))
                .map(address -> "http://" + address)
                .toArray(String[]::new);
        return Client.builder().endpoints(endpoints).build();
    }

    static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    static long seconds(Setup setup) {
        return Math.max(1, setup.lease().toSeconds());
    }

    static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IllegalStateException("etcd failed", failed);
        }
    }

    /** The same for callers that can't be interrupted. */
    static <T> T join(CompletableFuture<T> answer) {
        return answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
}
