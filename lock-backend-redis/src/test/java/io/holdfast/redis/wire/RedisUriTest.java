package io.holdfast.redis.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.HostAndPort;

/** What URIs say. */
class RedisUriTest {
    @Test
    void theShortestHasDefaults() {
        RedisUri uri = parse("redis://localhost");

        assertThat(uri.servers()).containsExactly(new HostAndPort("localhost", 6379));
        assertThat(uri.database()).isZero();
        assertThat(uri.tls()).isFalse();
        assertThat(uri.user()).isNull();
        assertThat(uri.password()).isNull();
        assertThat(uri.prefix()).isNull();
    }

    @Test
    void allPartsAreRead() {
        RedisUri uri = parse("rediss://ann:p%40ss%3A%2Fw%25rd+1@example.org:7000/3?prefix=app%3A%7Bx%7D");

        assertThat(uri.servers()).containsExactly(new HostAndPort("example.org", 7000));
        assertThat(uri.user()).isEqualTo("ann");
        assertThat(uri.password()).isEqualTo("p@ss:/w%rd+1");
        assertThat(uri.database()).isEqualTo(3);
        assertThat(uri.tls()).isTrue();
        assertThat(uri.prefix()).isEqualTo("app:{x}");
    }

    @Test
    void aPasswordNeedsNoUser() {
        RedisUri uri = parse("redis://:secret@localhost");

        assertThat(uri.user()).isNull();
        assertThat(uri.password()).isEqualTo("secret");
    }

    @Test
    void aPasswordMayHaveColons() {
        assertThat(parse("redis://ann:a:b:c@localhost").password()).isEqualTo("a:b:c");
    }

    @Test
    void anAddressOfSixHasBrackets() {
        assertThat(parse("redis://[::1]:7000").servers()).containsExactly(new HostAndPort("::1", 7000));
        assertThat(parse("redis://[::1]").servers()).containsExactly(new HostAndPort("::1", 6379));
    }

    @Test
    void sentinelsAreManyAndNameThePrimary() {
        RedisUri uri = parse("redis+sentinel://:pw@a:1,b,c:3/main/2?prefix=p");

        assertThat(uri.kind()).isEqualTo(RedisUri.Kind.SENTINEL);
        assertThat(uri.servers())
                .containsExactly(new HostAndPort("a", 1), new HostAndPort("b", 26379), new HostAndPort("c", 3));
        assertThat(uri.master()).isEqualTo("main");
        assertThat(uri.database()).isEqualTo(2);
        assertThat(uri.prefix()).isEqualTo("p");
    }

    @Test
    void aClusterHasManyNodes() {
        RedisUri uri = parse("rediss+cluster://a:1,b:2");

        assertThat(uri.kind()).isEqualTo(RedisUri.Kind.CLUSTER);
        assertThat(uri.tls()).isTrue();
        assertThat(uri.servers()).containsExactly(new HostAndPort("a", 1), new HostAndPort("b", 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://localhost | the scheme must be",
                "redis:localhost | no host",
                "redis://:secret@ | no host",
                "redis://ann@localhost | a user but no password",
                "redis://:secret@localhost:0 | the port must be a number from 1 to 65535",
                "redis://:secret@localhost:70000 | the port must be a number from 1 to 65535",
                "redis://:secret@localhost:x | the port must be a number from 1 to 65535",
                "redis://user:secret | the port must be a number from 1 to 65535",
                "redis+sentinel://user:secret/name | the port must be a number from 1 to 65535",
                "redis+cluster://a:1,user:secret | the port must be a number from 1 to 65535",
                "secret:password@host | the scheme must be",
                "redis://:secret@localhost/zero | the path must be a database's number",
                "redis://:secret@localhost/1/2 | the path must be a database's number",
                "redis://localhost/secret | the path must be a database's number",
                "redis+sentinel://a:1/name/secret | the path must be a database's number",
                "redis://:pa/secret@host | write / in a password as %2F",
                "redis+sentinel://user:1/secret@host:2/name | write / in a password as %2F",
                "redis+cluster://:pa/secret@host | write / in a password as %2F",
                "redis+cluster://user:1/123 | a Cluster has database 0 only",
                "redis://user:1?prefix=secret@host | write ? in a password as %3F",
                "redis://:secret@a:1,b:2 | it names more than one server",
                "redis+sentinel://:secret@a:1 | the path must name the primary",
                "redis+cluster://:secret@a:1/3 | a Cluster has database 0 only",
                "redis://:secret@localhost?timeout=1 | the only parameter is prefix",
                "redis://:secret@localhost?prefix | the only parameter is prefix",
                "redis://localhost?secret=1 | the only parameter is prefix",
                "redis://user:1?secret | the only parameter is prefix",
                "redis://:secret@localhost#x | it must not have a fragment",
                "redis://:secret%ZZ@localhost | not a URI",
                "redis://:se cret@localhost | not a URI",
            })
    void aBadOneIsRefusedWithoutItsPassword(String uri, String reason) {
        assertThatThrownBy(() -> WireBuilder.to(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("secret")
                .hasMessageNotContaining("cret@")
                .hasMessageNotContaining("123")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://ann:secret@localhost:1/2?prefix=x",
                "redis+sentinel://ann:secret@a,b/main",
                "redis+cluster://ann:secret@a,b"
            })
    void noTextShowsThePassword(String uri) {
        assertThat(parse(uri).toString()).doesNotContain("secret").doesNotContain("ann");
        assertThat(WireBuilder.to(uri).toString()).doesNotContain("secret").doesNotContain("ann");
    }

    private static RedisUri parse(String uri) {
        return RedisUri.parse(URI.create(uri));
    }
}
