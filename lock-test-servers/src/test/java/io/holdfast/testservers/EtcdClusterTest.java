package io.holdfast.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EtcdClusterTest {
    @Test
    void anotherNodeLeadsAfterTheLeaderWasKilled() {
        try (EtcdCluster cluster = EtcdCluster.start(3, EtcdServer.Builder::dataInMemory)) {
            EtcdServer old = cluster.leader();
            old.etcdctl("put", "key", "value");

            old.kill();

            EtcdServer leader = cluster.leader();
            assertThat(leader).isNotSameAs(old);
            assertThat(leader.etcdctl("get", "key", "--print-value-only")).startsWith("value");
        }
    }

    @Test
    void pausedLeaderIsReplacedAndCatchesUpWhenItGoesOn() {
        try (EtcdCluster cluster = EtcdCluster.start(3, EtcdServer.Builder::dataInMemory)) {
            EtcdServer old = cluster.leader();

            old.pause();
            cluster.leader().etcdctl("put", "key", "value");
            old.resume();

            assertThat(old.etcdctl("get", "key", "--print-value-only")).startsWith("value");
        }
    }

    @Test
    void clusterWithoutMajorityServesNothingUntilItHasOneAgain() {
        try (EtcdCluster cluster = EtcdCluster.start(3, EtcdServer.Builder::dataInMemory)) {
            EtcdServer survivor = cluster.leader();
            EtcdServer first = cluster.follower();
            first.kill();
            EtcdServer second = cluster.follower();
            second.kill();
            assertThatThrownBy(() -> survivor.etcdctl("put", "key", "value", "--command-timeout=300ms"))
                    .isInstanceOf(ServerStartException.class);

            first.restart();

            assertThat(cluster.leader().etcdctl("put", "key", "value")).startsWith("OK");
        }
    }
}
