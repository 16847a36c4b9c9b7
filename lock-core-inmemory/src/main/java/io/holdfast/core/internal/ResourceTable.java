package io.holdfast.core.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds an entry by its resource: an open-addressing hash table with linear probing (Knuth, The Art of Computer Programming 3,
 * 6.4, algorithms L and R). The entries know their own names, so that a held lock costs one array element here and not a
 * node; the array shrinks when the locks are gone.
 *
 * <p>Names may come from strangers who choose them so that their hashes collide. An entry that would stand too far from its home
 * goes into a map of {@code java.util} instead, which keeps such names in trees.
 *
 * <p>Not thread-safe.
 *
 * @param <E> the entries
 */
public abstract class ResourceTable<E> {
    private static final int MIN_CAPACITY = 16;
    /** Chance alone doesn't bring an entry this far from its home. */
    private static final int MAX_PROBES = 128;

    private static final int NO_PLACE = -1;

    private @Nullable Object[] entries = new Object[MIN_CAPACITY];
    private int inArray;
    /** The name that was looked for last, and what was found: most commands look two or three times for the same one. */
    private @Nullable String lastSought;

    private int lastFound;
    private final Map<String, E> displaced = new HashMap<>(0);

    /** For subclasses, which say where an entry's name is. */
    protected ResourceTable() {}

    /**
     * The name by which an entry is found.
     *
     * @param entry an entry
     * @return its resource; the same at every call
     */
    protected abstract String resourceOf(E entry);

    /**
     * Finds an entry.
     *
     * @param resource its resource
     * @return the entry, or null if there is none
     */
    public @Nullable E get(String resource) {
        E entry = at(find(resource));
        return entry == null && !displaced.isEmpty() ? displaced.get(resource) : entry;
    }

    /**
     * Puts an entry in the place of any other of the same resource.
     *
     * @param entry the entry
     * @return the entry that it replaces, or null
     */
    public @Nullable E put(E entry) {
        String resource = resourceOf(entry);
        int index = find(resource);
        E replaced = at(index);
        if (index == NO_PLACE || (replaced == null && displaced.containsKey(resource))) {
            return displaced.put(resource, entry);
        }
        entries[index] = entry;
        // Probing stays short while a third of the array is free.
        if (replaced == null && ++inArray > entries.length - entries.length / 3) {
            resize(entries.length * 2);
        }
        return replaced;
    }

    /**
     * Removes an entry.
     *
     * @param entry the entry; another one of the same resource stays
     * @return whether it was there
     */
    public boolean remove(E entry) {
        int index = find(resourceOf(entry));
        if (at(index) != entry) {
            return displaced.remove(resourceOf(entry), entry);
        }
        closeGap(index);
        lastSought = null;
        if (--inArray < entries.length / 8 && entries.length > MIN_CAPACITY) {
            resize(entries.length / 2);
        }
        return true;
    }

    /**
     * How many entries there are.
     *
     * @return the number
     */
    public int size() {
        return inArray + displaced.size();
    }

    /** The length of the array, to show that it shrinks. */
    int capacity() {
        return entries.length;
    }

    /**
     * All entries.
     *
     * @return a copy, in no particular order
     */
    public List<E> entries() {
        List<E> copy = new ArrayList<>(displaced.values());
        for (Object entry : entries) {
            if (entry != null) {
                copy.add(cast(entry));
            }
        }
        return copy;
    }

    // Moves up each later entry of the cluster that could not be found any more behind a gap.
    private void closeGap(int gap) {
        int mask = entries.length - 1;
        int index = gap;
        while (true) {
            index = (index + 1) & mask;
            E entry = at(index);
            if (entry == null) {
                break;
            }
            int home = home(resourceOf(entry), mask);
            if (((index - home) & mask) >= ((index - gap) & mask)) {
                entries[gap] = entry;
                gap = index;
            }
        }
        entries[gap] = null;
    }

    private void resize(int capacity) {
        @Nullable Object[] old = entries;
        entries = new Object[capacity];
        inArray = 0;
        lastSought = null;
        for (Object entry : old) {
            if (entry != null) {
                place(cast(entry));
            }
        }
    }

    private void place(E entry) {
        int index = find(resourceOf(entry));
        if (index == NO_PLACE) {
            displaced.put(resourceOf(entry), entry);
        } else {
            entries[index] = entry;
            inArray++;
        }
    }

    /** The index of a resource's entry, or of the free place where it belongs, or {@link #NO_PLACE}. */
    @SuppressWarnings({"ReferenceEquality", "StringEquality"
    }) // because another copy of the name is merely looked for again
    private int find(String resource) {
        if (resource != lastSought) {
            lastFound = search(resource);
            lastSought = resource;
        }
        return lastFound;
    }

    private int search(String resource) {
        int mask = entries.length - 1;
        int home = home(resource, mask);
        for (int probe = 0; probe < MAX_PROBES; probe++) {
            int index = (home + probe) & mask;
            E entry = at(index);
            if (entry == null || resourceOf(entry).equals(resource)) {
                return index;
            }
        }
        return NO_PLACE;
    }

    private @Nullable E at(int index) {
        Object entry = index == NO_PLACE ? null : entries[index];
        return entry == null ? null : cast(entry);
    }

    @SuppressWarnings("unchecked") // Only entries of type E are ever put in.
    private E cast(Object entry) {
        return (E) Objects.requireNonNull(entry);
    }

    private static int home(String resource, int mask) {
        return Spread.hash(resource) & mask;
    }
}
