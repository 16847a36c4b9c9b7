package io.holdfast.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EtcdServerTest {
    @Test
    void startedNodeAnswersAndLeadsItself() {
        try (EtcdServer server = EtcdServer.start()) {
            assertThat(server.etcdctl("put", "key", "value")).startsWith("OK");
            assertThat(server.isLeader()).isTrue();
            assertThat(server.version()).isGreaterThanOrEqualTo("3.4");
        }
    }

    @Test
    void writesCountAsProposalsAndReadsDoNot() {
        try (EtcdServer server =
                EtcdServer.builder().dataInMemory().withoutFsync().start()) {
            server.etcdctl("get", "key");
            long before = server.raftProposals();
            server.etcdctl("get", "key");
            assertThat(server.raftProposals()).isEqualTo(before);
            server.etcdctl("put", "key", "value");
            assertThat(server.raftProposals()).isEqualTo(before + 1);
        }
    }

    @Test
    void killedNodeKeepsItsDataOverARestart() {
        try (EtcdServer server = EtcdServer.start()) {
            server.etcdctl("put", "key", "value");
            server.restart();
            assertThat(server.etcdctl("get", "key", "--print-value-only")).startsWith("value");
        }
    }

    @Test
    void closedNodeLeavesNoProcessNoPortAndNoFolder() {
        EtcdServer server = EtcdServer.builder().dataInMemory().start();
        long pid = server.pid();

        server.close();

        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(Ports.isFree(server.port())).isTrue();
        assertThat(server.folder()).doesNotExist();
    }
}
