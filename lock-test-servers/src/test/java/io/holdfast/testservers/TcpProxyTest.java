package io.holdfast.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.testservers.TcpProxy.Direction;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TcpProxyTest {
    private static RedisServer server;

    private TcpProxy proxy;
    private Socket socket;
    private RespConnection client;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws IOException {
        server.command("FLUSHALL");
        proxy = TcpProxy.to(server);
        client = newClient();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        proxy.close();
    }

    @Test
    void everythingPassesWhileNothingIsWrong() throws IOException {
        String large = "x".repeat(1_000_000);
        assertThat(client.call("SET", "key", large)).isEqualTo("OK");
        assertThat(client.call("GET", "key")).isEqualTo(large);
        assertThat(proxy.connections()).isEqualTo(1);
    }

    @Test
    void connectionThatAClientEndsIsEndedAtTheServer() throws IOException {
        assertThat(client.call("CLIENT", "SETNAME", "gone")).isEqualTo("OK");
        client.close();
        Waiting.untilTrue(
                Duration.ofSeconds(5),
                "the server to notice",
                () -> !String.valueOf(server.command("CLIENT", "LIST")).contains("gone"));
        Waiting.untilTrue(Duration.ofSeconds(5), "the proxy to notice", () -> proxy.connections() == 0);
    }

    @Test
    void connectionThatTheServerEndsIsEndedAtTheClient() {
        assertThatThrownBy(() -> {
                    client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no");
                    client.call("PING");
                })
                .isInstanceOf(IOException.class);
    }

    @Test
    void resetIsToldToTheClientAndNewConnectionsWork() throws IOException {
        client.call("PING");
        proxy.reset();
        assertThatThrownBy(() -> client.call("PING")).isInstanceOf(SocketException.class);

        client = newClient();
        assertThat(client.call("PING")).isEqualTo("PONG");
    }

    @Test
    void nobodyCanConnectUntilRestored() throws IOException {
        proxy.refuse();
        assertThatThrownBy(this::newClient).isInstanceOf(ConnectException.class);
        proxy.restore();
        client = newClient();
        assertThat(client.call("PING")).isEqualTo("PONG");
    }

    @Test
    void silenceTowardsTheClientHidesWhatTheServerDid() throws IOException {
        proxy.silence(Direction.TO_CLIENT);
        socket.setSoTimeout(100);
        assertThatThrownBy(() -> client.call("SET", "key", "value")).isInstanceOf(SocketTimeoutException.class);
        Waiting.untilTrue(
                Duration.ofSeconds(5), "the command's effect", () -> "value".equals(server.command("GET", "key")));

        proxy.restore();
        socket.setSoTimeout(20_000);
        assertThat(socket.getInputStream().readNBytes(5)).asString().isEqualTo("+OK\r\n");
    }

    @Test
    void silenceTowardsTheServerDelaysTheCommandUntilRestored() throws IOException {
        proxy.silence(Direction.TO_SERVER);
        socket.setSoTimeout(100);
        assertThatThrownBy(() -> client.call("SET", "key", "value")).isInstanceOf(SocketTimeoutException.class);
        assertThat(server.command("GET", "key")).isNull();

        proxy.restore();
        Waiting.untilTrue(Duration.ofSeconds(5), "the command", () -> server.command("GET", "key") != null);
    }

    @Test
    void whatWasWithheldIsLostWithItsConnection() throws IOException {
        proxy.silence(Direction.TO_SERVER);
        socket.setSoTimeout(100);
        assertThatThrownBy(() -> client.call("SET", "key", "value")).isInstanceOf(SocketTimeoutException.class);

        proxy.reset();
        proxy.restore();

        client = newClient();
        assertThat(client.call("GET", "key")).isNull();
    }

    @Test
    void delayIsKept() throws IOException {
        client.call("PING");
        proxy.delay(Direction.TO_CLIENT, Duration.ofMillis(200));
        long before = System.nanoTime();
        client.call("PING");
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(Duration.ofMillis(200), Duration.ofSeconds(20));
    }

    @Test
    void lostReplyLeavesTheCommandDone() throws IOException {
        client.call("PING");
        proxy.loseNextReply();
        assertThatThrownBy(() -> client.call("SET", "key", "value")).isInstanceOf(SocketException.class);
        assertThat(server.command("GET", "key")).isEqualTo("value");

        client = newClient();
        assertThat(client.call("GET", "key")).isEqualTo("value");
    }

    @Test
    void closedProxyFreesItsPortAndItsThreads() throws IOException {
        client.call("PING");
        proxy.close();
        assertThat(Ports.isFree(proxy.port())).isTrue();
        Waiting.untilTrue(
                Duration.ofSeconds(20),
                "the threads to end",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith(proxy.toString())));
    }

    private RespConnection newClient() throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(20_000);
        return new RespConnection(socket);
    }
}
