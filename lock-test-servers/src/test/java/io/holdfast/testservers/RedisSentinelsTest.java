package io.holdfast.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisSentinelsTest {
    private static RedisSentinels sentinels;

    @BeforeAll
    static void start() {
        sentinels = RedisSentinels.start(2, 3, builder -> builder.password("secret"));
    }

    @AfterAll
    static void close() {
        sentinels.close();
    }

    @Test
    void replicaTakesOverFromAKilledPrimaryAndWhenAsked() {
        RedisServer old = sentinels.primary();

        RedisServer second = sentinels.failOver();
        assertThat(second).isNotSameAs(old);

        second.kill();
        RedisServer third = sentinels.primaryAfter(second);
        assertThat(third.command("SET", "key", "value")).isEqualTo("OK");
    }
}
