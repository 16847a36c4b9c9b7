package io.holdfast.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResourceTableTest {
    private final Table table = new Table();

    @Test
    void entryIsFoundByItsResource() {
        Entry entry = new Entry("a", 1);
        assertThat(table.get("a")).isNull();
        assertThat(table.put(entry)).isNull();
        assertThat(table.get("a")).isSameAs(entry);
        assertThat(table.get("b")).isNull();
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void newEntryReplacesTheOldOneOfItsResource() {
        Entry old = new Entry("a", 1);
        table.put(old);
        assertThat(table.put(new Entry("a", 2))).isSameAs(old);
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.remove(old)).isFalse();
        assertThat(table.get("a").number).isEqualTo(2);
    }

    @Test
    void removedEntryIsGone() {
        Entry entry = new Entry("a", 1);
        table.put(entry);
        assertThat(table.remove(entry)).isTrue();
        assertThat(table.remove(entry)).isFalse();
        assertThat(table.get("a")).isNull();
        assertThat(table.size()).isZero();
        assertThat(table.entries()).isEmpty();
    }

    @Test
    void arrayIsAtMostTwoThirdsFull() {
        for (int i = 0; i < 11; i++) {
            table.put(new Entry("orders/" + i, i));
        }
        assertThat(table.capacity()).isEqualTo(16);
        table.put(new Entry("orders/10", 10));
        assertThat(table.capacity()).isEqualTo(16);
        table.put(new Entry("orders/11", 11));
        assertThat(table.capacity()).isEqualTo(32);
    }

    @Test
    void arrayShrinksWhenItsEntriesAreGone() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            entries.add(new Entry("orders/" + i, i));
            table.put(entries.get(i));
        }
        assertThat(table.capacity()).isEqualTo(2_048);
        while (entries.size() > 256) {
            table.remove(entries.remove(entries.size() - 1));
        }
        assertThat(table.capacity()).isEqualTo(2_048);
        table.remove(entries.remove(255));
        assertThat(table.capacity()).isEqualTo(1_024);
        entries.forEach(table::remove);
        assertThat(table.capacity()).isEqualTo(16);
    }

    /** Kinds of names: spread at random, equal in their whole hash, and such that stand at the end of a small array. */
    static Stream<List<String>> names() {
        return Stream.of(
                IntStream.range(0, 2_000).mapToObj(i -> "orders/" + i).toList(),
                colliding(1_024),
                IntStream.iterate(0, i -> i + 1)
                        .mapToObj(i -> "n" + i)
                        .filter(name -> (Spread.hash(name) & 15) >= 14)
                        .limit(200)
                        .toList(),
                Stream.concat(colliding(300).stream(), IntStream.range(0, 500).mapToObj(i -> "x" + i))
                        .toList());
    }

    /** Different names with one hash: each pair of letters can be exchanged for another that counts the same. */
    private static List<String> colliding(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    StringBuilder name = new StringBuilder();
                    for (int bit = 0; bit < 10; bit++) {
                        name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
                    }
                    return name.toString();
                })
                .toList();
    }

    @Test
    void namesThatAreMeantToCollideDo() {
        assertThat(colliding(1_024)).doesNotHaveDuplicates();
        assertThat(colliding(1_024).stream().map(Spread::hash).distinct()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("names")
    void tableDoesWhatAHashMapDoes(List<String> names) {
        for (int seed = 0; seed < 20; seed++) {
            new Comparison(names, new Random(seed)).run(3_000);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void tableGrowsAndShrinksWithoutLosingAnything(List<String> names) {
        List<Entry> entries = new ArrayList<>();
        for (String name : names) {
            Entry entry = new Entry(name, entries.size());
            entries.add(entry);
            table.put(entry);
        }
        assertThat(table.entries()).containsExactlyInAnyOrderElementsOf(entries);
        Collections.shuffle(entries, new Random(1));
        while (!entries.isEmpty()) {
            assertThat(table.remove(entries.remove(entries.size() - 1))).isTrue();
            assertThat(table.size()).isEqualTo(entries.size());
            if (entries.size() % 50 == 0) {
                entries.forEach(entry -> assertThat(table.get(entry.name)).isSameAs(entry));
            }
        }
        assertThat(table.entries()).isEmpty();
    }

    private static final class Comparison {
        private final List<String> names;
        private final Random random;
        private final Table table = new Table();
        private final Map<String, Entry> model = new HashMap<>();

        Comparison(List<String> names, Random random) {
            this.names = names;
            this.random = random;
        }

        void run(int steps) {
            for (int i = 0; i < steps; i++) {
                // First it fills, then it empties, so that it grows and shrinks.
                boolean add = random.nextInt(100) < (i < steps / 2 ? 70 : 30);
                String name = names.get(random.nextInt(names.size()));
                assertThat(table.get(name)).isSameAs(model.get(name));
                if (add) {
                    Entry entry = new Entry(name, i);
                    assertThat(table.put(entry)).isSameAs(model.put(name, entry));
                } else {
                    Entry entry = random.nextInt(10) == 0 ? new Entry(name, i) : model.get(name);
                    remove(entry);
                }
                assertThat(table.size()).isEqualTo(model.size());
            }
            assertThat(table.entries()).containsExactlyInAnyOrderElementsOf(model.values());
        }

        private void remove(Entry entry) {
            if (entry != null) {
                assertThat(table.remove(entry)).isEqualTo(model.remove(entry.name, entry));
            }
        }
    }

    private static final class Table extends ResourceTable<Entry> {
        @Override
        protected String resourceOf(Entry entry) {
            return entry.name;
        }
    }

    private static final class Entry {
        private final String name;
        private final int number;

        Entry(String name, int number) {
            this.name = name;
            this.number = number;
        }
    }
}
