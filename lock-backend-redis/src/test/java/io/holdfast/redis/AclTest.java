package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.DistributedLock;
import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.spi.LockBackend;
import io.holdfast.spi.TokenFloor;
import io.holdfast.testservers.RedisBinary;
import io.holdfast.testservers.RedisServer;
import io.holdfast.testservers.TcpProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code docs/redis.md} says of the rights that a user needs on one server; the other set-ups are tried by {@link AclSetUpsTest}. */
@ParameterizedClass
@MethodSource("versions")
class AclTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Parameter
    private RedisBinary binary;

    private RedisServer server;

    static Stream<RedisBinary> versions() {
        return Stream.concat(Stream.of(RedisBinary.standard()), RedisBinary.oldest().stream());
    }

    @BeforeEach
    void start() {
        server = RedisServer.builder().binary(binary).start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void theRuleOfTheDocumentationIsEnough() throws Exception {
        server.command(DocumentedRights.rule("one server"));
        useEverything();
    }

    @Test
    void theCommandsOfTheDocumentationAreEnough() throws Exception {
        permit(DocumentedRights.commands("everything", "a member of a quorum"));
        useEverything();
    }

    /** A script that ends a hold would stop in the middle, and nobody would hear of it. */
    @Test
    void aUserWhoMayNotUseSomeCommandsIsRefusedAtTheStart() throws Exception {
        permitAllBut("lpop", "pubsub|numsub", "publish");

        assertThatThrownBy(() -> TestBackends.connect(uri()))
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining("doesn't permit LPOP, PUBSUB, PUBLISH to the user")
                .hasMessageNotContaining("secret");
    }

    @Test
    void whoeverLacksOneOfAllCommandsIsRefusedAtTheStart() throws Exception {
        for (String command : DocumentedRights.commands("everything")) {
            boolean needed = !command.equals("ping") && (tellsOfRights() || !command.equals("subscribe"));
            permitAllBut(command);
            if (!tellsOfRights()) {
                // What another user has loaded can be used.
                server.command("SCRIPT", "FLUSH");
            }
            if (needed) {
                assertThatThrownBy(() -> TestBackends.connect(uri()))
                        .as(command)
                        .isInstanceOf(LockBackendException.class)
                        .hasMessageContaining("check its ACL rules")
                        .satisfies(refusal -> assertThat(
                                        String.valueOf(refusal.getMessage()).toLowerCase(Locale.ROOT))
                                .contains(command.substring(0, (command + "|").indexOf('|'))));
            } else {
                TestBackends.connect(uri()).close();
            }
        }
        assertThat(server.command("DBSIZE")).as("keys that are left").isEqualTo(0L);
    }

    @Test
    void whoMayNotUseTheChannelsIsRefusedAtTheStart() throws Exception {
        server.command(DocumentedRights.rule("one server"));
        server.command("ACL", "SETUSER", "locks", "resetchannels");

        assertThatThrownBy(() -> TestBackends.connect(uri()))
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining("PUBLISH");
    }

    @Test
    void whoMayNotWaitForReplicasIsRefusedAtTheStartIfTheServerTells() throws Exception {
        permitAllBut("wait");
        RedisLocks.Builder waiting = TestBackends.builder(uri()).waitForReplicas(1, Duration.ofMillis(1));

        assertThatThrownBy(() -> {
                    try (DistributedLock locks = waiting.build()) {
                        assertThat(tellsOfRights()).as("has been refused").isFalse();
                        locks.tryAcquire("r", "client");
                    }
                })
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining("WAIT")
                .hasMessageContaining("check its ACL rules");
    }

    @Test
    void aCommandThatMayNoLongerBeUsedIsAnErrorThatSaysSo() throws Exception {
        server.command(DocumentedRights.rule("one server"));
        try (DistributedLock locks = TestBackends.locks(uri());
                LockHandle first = locks.acquire("r", "first", LONG)) {
            server.command("ACL", "SETUSER", "locks", "-rpush");
            assertThat(first.isValid()).isTrue();
            assertThatThrownBy(() -> locks.acquire("r", "second", LONG))
                    .isInstanceOf(LockBackendException.class)
                    .hasMessageContaining("check its ACL rules");
        }
    }

    @Test
    void whoMayNotSubscribeCannotWait() throws Exception {
        server.command(DocumentedRights.rule("one server"));
        // A subscription is tried again until the time for an answer is over.
        try (DistributedLock locks = TestBackends.builder(uri())
                        .answerTimeout(Duration.ofSeconds(4))
                        .build();
                LockHandle first = locks.acquire("r", "first", LONG)) {
            server.command("ACL", "SETUSER", "locks", "-subscribe");
            assertThat(first.isValid()).isTrue();
            assertThatThrownBy(() -> locks.acquire("r", "second", LONG))
                    .isInstanceOf(LockBackendException.class)
                    .hasMessageContaining("SUBSCRIBE")
                    .hasMessageContaining("check its ACL rules");
        }
    }

    @Test
    void keysOfOthersAreOutOfReach() throws Exception {
        server.command(DocumentedRights.rule("one server"));
        try (DistributedLock locks =
                TestBackends.builder(uri()).prefix("holdfast:").build()) {
            locks.acquire("r", "client", LONG).close();
        }
        assertThatThrownBy(() -> {
                    try (DistributedLock locks =
                            TestBackends.builder(uri()).prefix("theirs:").build()) {
                        locks.acquire("r", "client", LONG).close();
                    }
                })
                .isInstanceOf(LockBackendException.class)
                .hasMessageContaining("check its ACL rules");
    }

    @Test
    void whoMayNotKnowOfTheMemoryIsNotWarned() throws Exception {
        permitAllBut("info");
        try (DistributedLock locks = TestBackends.locks(uri())) {
            locks.acquire("r", "client", LONG).close();
        }
    }

    private void useEverything() throws Exception {
        useLocks();
        try (LockBackend member = TestBackends.connect(uri())) {
            ((TokenFloor) member).raiseFloor(1, 0).toCompletableFuture().get();
        }
        try (RedisFencingGuard guard = RedisFencingGuard.connect(uri())) {
            guard.set("shelf", 1, "holdfast:stock:{shelf}", "7");
        }
    }

    private void useLocks() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(server);
                DistributedLock locks = TestBackends.locks(uri(proxy.port()))) {
            use(locks);
            beResent(locks, proxy);
        }
    }

    /** Whatever may happen to a resource while nothing fails. */
    static void use(DistributedLock locks) throws Exception {
        LockHandle first = locks.acquire("r", "first", LONG);
        assertThat(first.heartbeat()).isTrue();
        assertThat(locks.tryAcquire("r", "second")).isEmpty();
        CompletableFuture<LockHandle> second = locks.acquireAsync("r", "second", LONG);
        CompletableFuture<LockHandle> shared = locks.acquireAsync("r", "second", LONG);
        CompletableFuture<LockHandle> third = locks.acquireAsync("r", "third", LONG);
        TestBackends.awaitWaiters(locks, "r", 2);
        third.cancel(true);
        first.close();
        second.get(20, TimeUnit.SECONDS).close();
        shared.get(20, TimeUnit.SECONDS).close();
        assertThat(locks.release("r", "second")).isFalse();
    }

    /** Has a request sent twice, which makes the server remember its withdrawal. */
    private void beResent(DistributedLock locks, TcpProxy network) throws Exception {
        network.loseNextReply();
        locks.acquire("r", "resent", LONG).close();
        assertThat(server.command("EXISTS", "holdfast:{r}:withdrawn")).isEqualTo(1L);
        locks.tryAcquire("r", "last").orElseThrow().close();
    }

    private void permitAllBut(String... missing) throws IOException {
        List<String> rest = new ArrayList<>(DocumentedRights.commands("everything", "a member of a quorum"));
        rest.removeAll(List.of(missing));
        permit(rest);
    }

    private void permit(List<String> commands) {
        List<String> rule = new ArrayList<>(List.of(
                "ACL", "SETUSER", "locks", "reset", "on", ">secret", "~holdfast:*", "resetchannels", "&holdfast:*"));
        commands.forEach(command -> rule.add("+" + command));
        server.command(rule.toArray(String[]::new));
    }

    /** From 7.0 on. */
    private boolean tellsOfRights() {
        return !server.version().startsWith("6.");
    }

    private String uri() {
        return uri(server.port());
    }

    private static String uri(int port) {
        return "redis://locks:secret@127.0.0.1:" + port;
    }
}
