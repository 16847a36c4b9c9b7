package io.holdfast.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DueWheelTest {
    private static final long YEAR = Duration.ofDays(365).toNanos();
    private static final long TICK = 1L << 20;

    @Test
    void emptyWheelHasNothingDue() {
        DueWheel<Node> wheel = new DueWheel<>(7);
        assertThat(wheel.nextDue()).isEmpty();
        assertThat(wheel.takeDue(Long.MAX_VALUE / 2)).isEmpty();
    }

    @Test
    void nodeIsDueAtItsVeryNanosecond() {
        for (long delay : new long[] {1, TICK - 1, TICK, 64 * TICK, YEAR / 365, YEAR, 100 * YEAR, 145 * YEAR}) {
            DueWheel<Node> wheel = new DueWheel<>(5);
            Node node = new Node(5 + delay);
            wheel.add(node);
            assertThat(wheel.takeDue(5 + delay - 1)).isEmpty();
            assertThat(wheel.takeDue(5 + delay)).containsExactly(node);
            assertThat(wheel.nextDue()).isEmpty();
        }
    }

    @Test
    void nodeBeyondTheLastTickIsKeptUntilItIsDue() {
        DueWheel<Node> wheel = new DueWheel<>(0);
        Node node = new Node(200 * YEAR);
        wheel.add(node);
        assertThat(wheel.takeDue(146 * YEAR)).isEmpty();
        assertThat(wheel.takeDue(199 * YEAR)).isEmpty();
        assertThat(wheel.nextDue().orElseThrow()).isLessThanOrEqualTo(200 * YEAR);
        assertThat(wheel.takeDue(200 * YEAR)).containsExactly(node);
    }

    @Test
    void overdueNodeIsTakenAtOnce() {
        DueWheel<Node> wheel = new DueWheel<>(0);
        wheel.takeDue(YEAR);
        Node node = new Node(-YEAR);
        wheel.add(node);
        assertThat(wheel.nextDue().orElseThrow()).isLessThanOrEqualTo(YEAR);
        assertThat(wheel.takeDue(YEAR)).containsExactly(node);
    }

    @Test
    void nextDueIsExactInThePresentRunOfTicks() {
        DueWheel<Node> wheel = new DueWheel<>(0);
        wheel.add(new Node(63 * TICK + 2));
        wheel.add(new Node(63 * TICK + 1));
        wheel.add(new Node(64 * TICK));
        assertThat(wheel.nextDue()).hasValue(63 * TICK + 1);
    }

    @Test
    void removedNodeIsNeverDue() {
        DueWheel<Node> wheel = new DueWheel<>(0);
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            nodes.add(new Node(YEAR));
            wheel.add(nodes.get(i));
        }
        wheel.remove(nodes.get(1));
        wheel.remove(nodes.get(2));
        assertThat(wheel.takeDue(YEAR)).containsExactly(nodes.get(0));
        wheel.add(nodes.get(1));
        wheel.remove(nodes.get(1));
        assertThat(wheel.nextDue()).isEmpty();
    }

    @Test
    void nodesAreTakenTheEarlierMillisecondsFirst() {
        DueWheel<Node> wheel = new DueWheel<>(0);
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            nodes.add(new Node(i * 3L * TICK));
        }
        for (int i = 0; i < 1_000; i++) {
            wheel.add(nodes.get(i * 7 % 1_000));
        }
        assertThat(wheel.takeDue(YEAR)).containsExactlyElementsOf(nodes);
    }

    @Test
    void everyNodeIsShown() {
        DueWheel<Node> wheel = new DueWheel<>(0);
        List<Node> nodes = List.of(new Node(-1), new Node(1), new Node(2), new Node(YEAR), new Node(200 * YEAR));
        nodes.forEach(wheel::add);
        List<Node> shown = new ArrayList<>();
        wheel.forEach(shown::add);
        assertThat(shown).containsExactlyInAnyOrderElementsOf(nodes);
    }

    @Test
    void timeThatStepsBackTakesNothingTwice() {
        DueWheel<Node> wheel = new DueWheel<>(0);
        wheel.add(new Node(YEAR));
        Node later = new Node(2 * YEAR);
        wheel.add(later);
        assertThat(wheel.takeDue(YEAR)).hasSize(1);
        assertThat(wheel.takeDue(0)).isEmpty();
        assertThat(wheel.takeDue(2 * YEAR)).containsExactly(later);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 123_456_789_012_345L})
    void wheelDoesWhatASortedListDoes(long origin) {
        for (int seed = 0; seed < 200; seed++) {
            new Comparison(origin, new Random(seed)).run(400);
        }
    }

    /** A wheel next to a plain list that is searched for what is due. */
    private static final class Comparison {
        private final Random random;
        private final DueWheel<Node> wheel;
        private final List<Node> model = new ArrayList<>();
        private final long origin;
        private long now;

        Comparison(long origin, Random random) {
            this.random = random;
            this.origin = origin;
            this.now = origin;
            this.wheel = new DueWheel<>(origin);
        }

        void run(int steps) {
            for (int i = 0; i < steps; i++) {
                switch (random.nextInt(5)) {
                    case 0, 1 -> add();
                    case 2 -> remove();
                    case 3 -> goOn(anyStep());
                    default -> goToNextDue(YEAR / 365);
                }
                checkNextDue();
            }
            while (!model.isEmpty()) {
                goToNextDue(200 * YEAR);
                checkNextDue();
            }
        }

        private void add() {
            Node node = new Node(now + anyDelay());
            model.add(node);
            wheel.add(node);
        }

        private long anyDelay() {
            return switch (random.nextInt(8)) {
                case 0 -> -random.nextInt(1_000_000_000);
                case 1 -> random.nextInt(1_000);
                case 2 -> random.nextInt(100) * TICK;
                case 3 -> random.nextInt(1_000_000_000);
                case 4 -> random.nextInt(1_000) * 1_000_000_000L;
                case 5 -> random.nextInt(1_000) * YEAR / 365;
                case 6 -> random.nextInt(200) * YEAR;
                default -> (1L << random.nextInt(60)) - random.nextInt(2);
            };
        }

        private long anyStep() {
            return switch (random.nextInt(6)) {
                case 0 -> 0;
                case 1 -> random.nextInt(1_000);
                case 2 -> random.nextInt(200) * TICK;
                case 3 -> random.nextInt(1_000_000_000);
                case 4 -> random.nextInt(100) * 1_000_000_000L;
                default -> random.nextInt(30) * YEAR / 365;
            };
        }

        private void remove() {
            if (!model.isEmpty()) {
                wheel.remove(model.remove(random.nextInt(model.size())));
            }
        }

        /** Goes to where the wheel says, but not too far: moments must stay within the 292 years that a long can tell apart. */
        private void goToNextDue(long atMost) {
            OptionalLong next = wheel.nextDue();
            if (next.isPresent() && next.getAsLong() - now <= atMost) {
                goOn(Math.max(0, next.getAsLong() - now));
            }
        }

        private void goOn(long step) {
            now += step;
            List<Node> due = model.stream().filter(node -> node.due - now <= 0).toList();
            List<Node> taken = wheel.takeDue(now);
            assertThat(taken).containsExactlyInAnyOrderElementsOf(due);
            // What has been removed is forgotten at each turn, so that nobody is called for it twice.
            OptionalLong next = wheel.nextDue();
            assertThat(wheel.delayUntilDue(now)).isEqualTo(next.isEmpty() ? DueWheel.NEVER : next.getAsLong() - now);
            model.removeAll(due);
        }

        private void checkNextDue() {
            OptionalLong next = wheel.nextDue();
            assertThat(next.isPresent()).isEqualTo(!model.isEmpty());
            if (next.isEmpty()) {
                return;
            }
            long earliest =
                    model.stream().mapToLong(node -> node.due - origin).min().orElseThrow();
            assertThat(next.getAsLong() - origin).isLessThanOrEqualTo(earliest);
            assertThat(wheel.delayUntilDue(now)).isLessThanOrEqualTo(earliest - (now - origin));
            boolean presentRun = earliest >> 26 == (now - origin) >> 26;
            if (presentRun && earliest >= now - origin) {
                assertThat(next.getAsLong() - origin).isEqualTo(earliest);
            }
        }
    }

    private static final class Node extends DueNode {
        private final long due;

        Node(long due) {
            this.due = due;
        }

        @Override
        protected long due() {
            return due;
        }
    }
}
