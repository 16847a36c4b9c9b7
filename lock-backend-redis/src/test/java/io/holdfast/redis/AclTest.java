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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code docs/redis.md} says of the rights that a user needs, tried on servers. */
@ParameterizedClass
@MethodSource("versions")
class AclTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofSeconds(4);

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
        server.command(documentedRule().split(" "));
        useEverything();
    }

    @Test
    void theCommandsOfTheDocumentationAreEnough() throws Exception {
        permit(documentedCommands());
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
    void aCommandThatMayNotBeUsedIsAnErrorThatSaysSo() throws Exception {
        permitAllBut("rpush");
        try (DistributedLock locks = TestBackends.locks(uri());
                LockHandle first = locks.acquire("r", "first", LONG)) {
            assertThat(first.isValid()).isTrue();
            assertThatThrownBy(() -> locks.acquire("r", "second", LONG))
                    .isInstanceOf(LockBackendException.class)
                    .hasMessageContaining("check its ACL rules");
        }
    }

    @Test
    void whoMayNotSubscribeCannotWait() throws Exception {
        permitAllBut("subscribe");
        try (DistributedLock locks =
                        RedisLocks.builder(uri()).answerTimeout(ANSWER).build();
                LockHandle first = locks.acquire("r", "first", LONG)) {
            assertThat(first.isValid()).isTrue();
            assertThatThrownBy(() -> locks.acquire("r", "second", LONG))
                    .isInstanceOf(LockBackendException.class)
                    .hasMessageContaining("SUBSCRIBE")
                    .hasMessageContaining("check its ACL rules");
        }
    }

    @Test
    void keysOfOthersAreOutOfReach() throws Exception {
        server.command(documentedRule().split(" "));
        try (DistributedLock locks =
                RedisLocks.builder(uri()).prefix("holdfast:").build()) {
            locks.acquire("r", "client", LONG).close();
        }
        assertThatThrownBy(() -> {
                    try (DistributedLock locks =
                            RedisLocks.builder(uri()).prefix("theirs:").build()) {
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
        try (DistributedLock locks =
                RedisLocks.builder(uri()).answerTimeout(ANSWER).build()) {
            LockHandle first = locks.acquire("r", "first", LONG);
            assertThat(first.heartbeat()).isTrue();
            assertThat(locks.tryAcquire("r", "second")).isEmpty();
            CompletableFuture<LockHandle> second = locks.acquireAsync("r", "second", LONG);
            CompletableFuture<LockHandle> shared = locks.acquireAsync("r", "second", LONG);
            CompletableFuture<LockHandle> third = locks.acquireAsync("r", "third", LONG);
            TestBackends.awaitWaiters(locks, "r", 2);
            third.cancel(true);
            first.close();
            second.get(10, TimeUnit.SECONDS).close();
            shared.get(10, TimeUnit.SECONDS).close();
            assertThat(locks.release("r", "second")).isFalse();
            beResent(locks);
        }
    }

    /** Has a request sent twice, which makes the server remember its withdrawal. */
    private void beResent(DistributedLock locks) throws Exception {
        server.pause();
        CompletableFuture<LockHandle> resent = locks.acquireAsync("r", "resent", LONG);
        // Until the connection is given up, after half of the answer timeout.
        TimeUnit.MILLISECONDS.sleep(ANSWER.toMillis() * 5 / 8);
        server.resume();
        resent.get(10, TimeUnit.SECONDS).close();
        assertThat(server.command("EXISTS", "holdfast:{r}:withdrawn")).isEqualTo(1L);
        locks.tryAcquire("r", "last").orElseThrow().close();
    }

    private void permitAllBut(String... missing) throws IOException {
        List<String> rest = new ArrayList<>(documentedCommands());
        rest.removeAll(List.of(missing));
        permit(rest);
    }

    private void permit(List<String> commands) {
        List<String> rule = new ArrayList<>(List.of(
                "ACL", "SETUSER", "locks", "reset", "on", ">secret", "~holdfast:*", "resetchannels", "&holdfast:*"));
        commands.forEach(command -> rule.add("+" + command));
        server.command(rule.toArray(String[]::new));
    }

    private String uri() {
        return "redis://locks:secret@127.0.0.1:" + server.port();
    }

    private static String documentedRule() throws IOException {
        Matcher rule = Pattern.compile("^ACL SETUSER .*$", Pattern.MULTILINE).matcher(documentation());
        assertThat(rule.find()).isTrue();
        return rule.group();
    }

    /** Those that a single server needs, in the form of a rule. */
    private static List<String> documentedCommands() throws IOException {
        String text = documentation();
        String section = text.substring(text.indexOf("## Rights"), text.indexOf("```\nACL SETUSER"));
        return Pattern.compile("`([A-Z ]+)`")
                .matcher(section)
                .results()
                .map(command -> command.group(1).toLowerCase(Locale.ROOT).replace(' ', '|'))
                .distinct()
                .filter(command -> !command.equals("waitaof"))
                .toList();
    }

    private static String documentation() throws IOException {
        return Files.readString(Path.of("..", "docs", "redis.md"));
    }
}
