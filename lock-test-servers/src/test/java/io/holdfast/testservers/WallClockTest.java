package io.holdfast.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WallClockTest {
    private static final Offset<Long> A_MINUTE = within(60L);

    private WallClock clock;

    @BeforeEach
    void make() {
        clock = WallClock.create().orElseGet(() -> abort(WallClock.NO_COMPILER));
    }

    @AfterEach
    void close() {
        if (clock != null) {
            clock.close();
        }
    }

    @Test
    void runningRedisFollowsEachStep() {
        RedisBinary redis = clock.redis().orElseGet(() -> abort(WallClock.NO_REDIS));
        try (RedisServer server = RedisServer.builder().clock(clock).start()) {
            assertThat(server.version()).isEqualTo(redis.version());
            assertThat(secondsAt(server)).isCloseTo(now(), A_MINUTE);

            clock.step(Duration.ofHours(1));
            assertThat(secondsAt(server)).isCloseTo(now() + 3600, A_MINUTE);

            clock.step(Duration.ofHours(-3));
            assertThat(secondsAt(server)).isCloseTo(now() - 7200, A_MINUTE);
            assertThat(clock.offset()).isEqualTo(Duration.ofHours(-2));
        }
    }

    @Test
    void keysOfRedisExpireByThisClock() {
        RedisBinary redis = clock.redis().orElseGet(() -> abort(WallClock.NO_REDIS));
        try (RedisServer server = RedisServer.builder().clock(clock).start()) {
            assertThat(server.version()).isEqualTo(redis.version());
            server.command("SET", "key", "value", "PX", "60000");
            clock.step(Duration.ofSeconds(61));
            assertThat(server.command("GET", "key")).isNull();
        }
    }

    @Test
    void otherProgramsFollowToo() {
        clock.step(Duration.ofDays(-1));
        ProgramRun run = ProgramRun.of(List.of("date", "+%s"), clock.environment(), Path.of("."));
        assertThat(Long.parseLong(run.output().strip())).isCloseTo(now() - 86_400, A_MINUTE);
    }

    private static long secondsAt(RedisServer server) {
        return Long.parseLong(((List<?>) server.command("TIME")).get(0).toString());
    }

    private static long now() {
        return System.currentTimeMillis() / 1000;
    }
}
