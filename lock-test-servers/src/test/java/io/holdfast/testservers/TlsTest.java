package io.holdfast.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TlsTest {
    @Test
    void redisShowsTheCertificate() {
        try (RedisServer server = RedisServer.builder().tls().password("secret").start()) {
            assertThat(server.command("PING")).isEqualTo("PONG");
            assertThat(server.uri()).isEqualTo("rediss://:secret@127.0.0.1:" + server.port());
        }
    }

    @Test
    void etcdShowsTheCertificate() {
        try (EtcdServer server = EtcdServer.builder().tls().start()) {
            assertThat(server.etcdctl("put", "key", "value")).startsWith("OK");
            assertThat(server.uri()).isEqualTo("https://127.0.0.1:" + server.port());
        }
    }
}
