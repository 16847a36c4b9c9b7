package io.holdfast.core.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps nodes until they are due: a hierarchical timing wheel (Varghese and Lauck, "Hashed and hierarchical timing wheels", 1987). Adding and removing take constant time
 * however many nodes there are, and nothing is allocated for a node.
 *
 * <p>Time is cut into ticks of about a millisecond, and a tick's number is read as digits of six bits. A node stands on the level of the highest digit in which
 * its tick differs from the present one, in the slot of that digit; when the present reaches that slot, its nodes move down. On the lowest level
 * they are told apart to the nanosecond, so that nothing comes early and nothing waits for its tick to end.
 *
 * <p>Not thread-safe, but for {@link #delayUntilDue}.
 *
 * @param <N> what is kept
 */
public final class DueWheel<N extends DueNode> {
    private static final int TICK_SHIFT = 20;
    private static final int DIGIT_BITS = 6;
    private static final int SLOTS = 1 << DIGIT_BITS;
    // Seven digits of ticks are 146 years: later is as good as never.
    private static final int LEVELS = 7;
    private static final long LAST_TICK = (1L << (LEVELS * DIGIT_BITS)) - 1;

    /** The delay of what isn't due ever. */
    public static final long NEVER = Long.MAX_VALUE;

    private final long origin;
    private final long[] occupied = new long[LEVELS];
    private final @Nullable DueNode[] @Nullable [] heads = new DueNode[LEVELS][];
    private long tick;
    /** No node is due before this, counted from the origin; moved later only when the wheel turns. */
    private volatile long earliest = NEVER;

    /**
     * Makes an empty wheel.
     *
     * @param now the present moment
     */
    public DueWheel(long now) {
        this.origin = now;
    }

    /**
     * Keeps a node until it is due.
     *
     * @param node one that no wheel keeps
     */
    public void add(N node) {
        link(node);
        long due = node.due() - origin;
        if (due < earliest) {
            earliest = due;
        }
    }

    private void link(DueNode node) {
        long due = tickOf(node.due());
        int level = levelOf(due);
        int slot = slotOf(due, level);
        @Nullable DueNode[] slots = slotsOf(level);
        DueNode head = slots[slot];
        node.previous = null;
        node.next = head;
        if (head != null) {
            head.previous = node;
        }
        slots[slot] = node;
        occupied[level] |= 1L << slot;
    }

    /**
     * Forgets a node.
     *
     * @param node one that this wheel keeps
     */
    public void remove(N node) {
        DueNode previous = node.previous;
        DueNode next = node.next;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            setHead(tickOf(node.due()), next);
        }
        node.previous = null;
        node.next = null;
    }

    private void setHead(long due, @Nullable DueNode head) {
        int level = levelOf(due);
        int slot = slotOf(due, level);
        slotsOf(level)[slot] = head;
        if (head == null) {
            occupied[level] &= ~(1L << slot);
        }
    }

    /**
     * When to look again.
     *
     * @return not later than the earliest node is due, and the very moment if that is in the present run of 64 ticks; empty if the wheel is
     */
    public OptionalLong nextDue() {
        int level = lowestOccupied();
        if (level == LEVELS) {
            return OptionalLong.empty();
        }
        int slot = Long.numberOfTrailingZeros(occupied[level]);
        if (level > 0) {
            return OptionalLong.of(origin + (startOf(level, slot) << TICK_SHIFT));
        }
        DueNode node = slotsOf(0)[slot];
        long earliest = Long.MAX_VALUE;
        for (; node != null; node = node.next) {
            earliest = Math.min(earliest, node.due() - origin);
        }
        return OptionalLong.of(origin + earliest);
    }

    /**
     * Takes out all nodes that are due.
     *
     * @param now the present moment, not before that of an earlier call
     * @return the nodes, the earlier milliseconds first
     */
    public List<N> takeDue(long now) {
        List<N> taken = new ArrayList<>();
        long nowTick = tickOf(now);
        int level = lowestOccupied();
        while (level < LEVELS) {
            int slot = Long.numberOfTrailingZeros(occupied[level]);
            long start = startOf(level, slot);
            if (start > nowTick) {
                break;
            }
            tick = Math.max(tick, start);
            empty(level, slot, now, taken);
            if (level == 0 && start == nowTick) {
                break;
            }
            level = lowestOccupied();
        }
        tick = Math.max(tick, nowTick);
        OptionalLong next = nextDue();
        earliest = next.isPresent() ? next.getAsLong() - origin : NEVER;
        return taken;
    }

    /**
     * For how long nothing is due. Any thread may ask, without what guards this wheel: whoever adds a node and then looks for something else is seen to have
     * added it by everybody who has changed that before (both are volatile).
     *
     * @param now the present moment
     * @return nanoseconds, not more than until the earliest node is due, but perhaps fewer; zero or negative if one may be due; {@link #NEVER} if there certainly is none
     */
    public long delayUntilDue(long now) {
        long due = earliest;
        return due == NEVER ? NEVER : due - (now - origin);
    }

    @SuppressWarnings("unchecked") // Only nodes of type N are ever added.
    private void empty(int level, int slot, long now, List<N> taken) {
        @Nullable DueNode[] slots = slotsOf(level);
        DueNode node = slots[slot];
        slots[slot] = null;
        occupied[level] &= ~(1L << slot);
        while (node != null) {
            DueNode next = node.next;
            node.previous = null;
            node.next = null;
            if (level == 0 && node.due() - now <= 0) {
                taken.add((N) node);
            } else {
                link(node);
            }
            node = next;
        }
    }

    /**
     * Shows every node that is kept, in no particular order.
     *
     * @param visitor gets each of them; must not change the wheel
     */
    @SuppressWarnings("unchecked") // Only nodes of type N are ever added.
    public void forEach(Consumer<? super N> visitor) {
        for (@Nullable DueNode @Nullable [] slots : heads) {
            if (slots == null) {
                continue;
            }
            for (DueNode head : slots) {
                for (DueNode node = head; node != null; node = node.next) {
                    visitor.accept((N) node);
                }
            }
        }
    }

    private long tickOf(long moment) {
        return Math.min((moment - origin) >> TICK_SHIFT, LAST_TICK);
    }

    // What is overdue stands in the present tick.
    private int levelOf(long due) {
        long differing = Math.max(due, tick) ^ tick;
        return differing == 0 ? 0 : (Long.SIZE - 1 - Long.numberOfLeadingZeros(differing)) / DIGIT_BITS;
    }

    private int slotOf(long due, int level) {
        return (int) (Math.max(due, tick) >> (level * DIGIT_BITS)) & (SLOTS - 1);
    }

    private long startOf(int level, int slot) {
        int shift = level * DIGIT_BITS;
        long higherDigits = tick >> (shift + DIGIT_BITS) << (shift + DIGIT_BITS);
        return higherDigits | (long) slot << shift;
    }

    private int lowestOccupied() {
        int level = 0;
        while (level < LEVELS && occupied[level] == 0) {
            level++;
        }
        return level;
    }

    private @Nullable DueNode[] slotsOf(int level) {
        @Nullable DueNode[] slots = heads[level];
        if (slots == null) {
            slots = new DueNode[SLOTS];
            heads[level] = slots;
        }
        return slots;
    }
}
