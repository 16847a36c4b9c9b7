package io.holdfast.etcd;

import io.holdfast.testservers.EtcdServer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Single nodes for tests that restart them: each is one test's alone, and the next test's after it. */
final class ServerPool implements AutoCloseable {
    private final Queue<EtcdServer> all = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<EtcdServer> free = new ArrayDeque<>();

    /** Takes a node that nobody uses. */
    EtcdServer take() {
        synchronized (free) {
            if (!free.isEmpty()) {
                return free.pop();
            }
        }
        EtcdServer fresh = EtcdServer.builder().dataInMemory().start();
        all.add(fresh);
        return fresh;
    }

    void giveBack(EtcdServer server) {
        synchronized (free) {
            free.push(server);
        }
    }

    /** Has one node started, and the classes loaded that the first call needs. */
    void warmUp() {
        EtcdServer first = take();
        EtcdFixture.warmUp(List.of(first));
        giveBack(first);
    }

    @Override
    public void close() {
        all.forEach(EtcdServer::close);
    }
}
