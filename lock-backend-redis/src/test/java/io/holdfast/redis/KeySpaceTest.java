package io.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeySpaceTest {
    private static final int TOKENS = 3;
    private static final List<String> ODD_NAMES = List.of(
            "a",
            "{a}",
            "a}",
            "{a",
            "{}",
            "}{",
            "a:queue",
            "{a}:queue",
            "a%7D",
            "a%",
            "%257D",
            " ",
            "\0",
            "tokens",
            "é",
            "🔒");

    private final KeySpace single = KeySpace.single("p:");
    private final KeySpace cluster = KeySpace.cluster("p:");

    @Test
    void aPlainNameStandsInBraces() {
        assertThat(text(single.lock("orders/42"))).isEqualTo("p:{orders/42}");
    }

    @Test
    void bracesAndPercentSignsAreEscaped() {
        assertThat(text(single.lock("{50%}"))).isEqualTo("p:{%7B50%25%7D}");
    }

    @Test
    void noTwoNamesShareAKey() {
        Set<String> keys = new HashSet<>();
        for (String name : ODD_NAMES) {
            for (byte[] key : ofItsOwn(single.of(name))) {
                assertThat(keys.add(text(key)))
                        .as("%s of '%s' is new", text(key), name)
                        .isTrue();
            }
        }
        assertThat(keys).doesNotContain(text(single.of("a").get(TOKENS)));
    }

    @Test
    void allKeysOfAResourceAreInOneSlot() {
        for (String name : ODD_NAMES) {
            assertThat(cluster.of(name)).extracting(SlotTags::slotOf).containsOnly(SlotTags.slotOf(cluster.lock(name)));
        }
    }

    @Test
    void thereIsOneTokenKeyForEachSlotAndNoMore() {
        Set<String> tokens = new HashSet<>();
        for (int i = 0; i < 200_000; i++) {
            tokens.add(text(cluster.of("resource-" + i).get(TOKENS)));
        }
        assertThat(tokens).hasSize(SlotTags.SLOTS);
    }

    @Test
    void inASingleServerThereIsOneTokenKey() {
        assertThat(text(single.of("a").get(TOKENS)))
                .isEqualTo("p:tokens")
                .isEqualTo(text(single.of("b").get(TOKENS)));
    }

    @Test
    void whatInspectionReadsIsWhatTheOtherScriptsWrite() {
        assertThat(single.visible("{a}"))
                .containsExactlyElementsOf(single.of("{a}").subList(0, 2));
    }

    @Test
    void aPrefixWithBracesIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeySpace.single("p{"))
                .withMessage("prefix must have no braces");
        assertThatIllegalArgumentException().isThrownBy(() -> KeySpace.cluster("}p"));
    }

    private static List<byte[]> ofItsOwn(List<byte[]> all) {
        List<byte[]> own = new ArrayList<>(all);
        own.remove(TOKENS);
        return own;
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }
}
