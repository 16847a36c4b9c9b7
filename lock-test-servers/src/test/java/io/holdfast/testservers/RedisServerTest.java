package io.holdfast.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.testservers.RedisServer.Fsync;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class RedisServerTest {
    @Test
    void startedServerAnswers() {
        try (RedisServer server = RedisServer.start()) {
            assertThat(server.command("PING")).isEqualTo("PONG");
            assertThat(server.uri()).isEqualTo("redis://127.0.0.1:" + server.port());
            assertThat(server.version()).isGreaterThanOrEqualTo("6.2");
        }
    }

    @Test
    void closedServerLeavesNoProcessNoPortAndNoFolder() {
        RedisServer server = RedisServer.start();
        long pid = server.pid();

        server.close();

        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(Ports.isFree(server.port())).isTrue();
        assertThat(server.folder()).doesNotExist();
        assertThat(server.isRunning()).isFalse();
    }

    @Test
    void pausedServerAnswersOnlyAfterItGoesOn() throws Exception {
        try (RedisServer server = RedisServer.start();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            server.pause();
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(100);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            server.resume();

            socket.setSoTimeout(5000);
            assertThat(socket.getInputStream().readNBytes(5)).asString().isEqualTo("+PONG");
        }
    }

    @Test
    void pausedServerCanBeKilled() {
        try (RedisServer server = RedisServer.start()) {
            server.pause();
            server.kill();
            assertThat(server.isRunning()).isFalse();
        }
    }

    @Test
    void killedServerWithAppendOnlyFileKeepsItsDataAndItsPort() {
        try (RedisServer server = RedisServer.builder().appendOnly(Fsync.ALWAYS).start()) {
            int port = server.port();
            server.command("SET", "key", "välue");
            server.kill();
            assertThatThrownBy(() -> server.command("PING")).isInstanceOf(UncheckedIOException.class);

            server.restart();

            assertThat(server.command("GET", "key")).isEqualTo("välue");
            assertThat(server.port()).isEqualTo(port);
        }
    }

    @Test
    void serverWithoutPersistenceForgetsItsDataAtARestart() {
        try (RedisServer server = RedisServer.start()) {
            server.command("SET", "key", "value");
            server.restart();
            assertThat(server.command("GET", "key")).isNull();
        }
    }

    @Test
    void passwordAndUsersAreAskedFor() {
        try (RedisServer server = RedisServer.builder()
                .password("a b%")
                .user("ann on >secret ~* +ping")
                .start()) {
            assertThat(server.uri()).isEqualTo("redis://:a%20b%25@127.0.0.1:" + server.port());
            assertThat(server.command("SET", "key", "value")).isEqualTo("OK");
            assertThat(server.command("AUTH", "ann", "secret")).isEqualTo("OK");
            assertThatThrownBy(() -> server.command("AUTH", "ann", "wrong")).isInstanceOf(RedisReplyException.class);
        }
    }

    @Test
    void wrongConfigurationIsToldInTheServersWords() {
        RedisServer.Builder builder = RedisServer.builder().config("no-such-thing 1");
        assertThatThrownBy(builder::start)
                .isInstanceOf(ServerStartException.class)
                .hasMessageContaining("no-such-thing");
    }

    @Test
    void takenPortIsTold() {
        try (RedisServer first = RedisServer.start()) {
            RedisServer.Builder second = RedisServer.builder().port(first.port());
            assertThatThrownBy(second::start)
                    .isInstanceOf(ServerStartException.class)
                    .hasMessageContainingAll("Address", "in use");
        }
    }

    @Test
    void oldestSupportedServerStartsToo() {
        try (RedisServer server =
                RedisServer.builder().binary(RedisBinary.oldest().orElseThrow()).start()) {
            assertThat(server.version()).startsWith("6.2");
            assertThat(server.command("PING")).isEqualTo("PONG");
            assertThat(Files.exists(server.folder())).isTrue();
        }
    }
}
