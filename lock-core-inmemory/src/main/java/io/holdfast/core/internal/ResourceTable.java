package io.holdfast.core.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds an entry by its resource: an open-addressing hash table with linear probing (Knuth, The Art of Computer Programming 3, 6.4, algorithms L and R). The entries know their own
 * names, so that a held lock costs one array element here and not a node; the array shrinks when the locks are gone.
 *
 * <p>Not thread-safe.
 *
 * @param <E> the entries
 */
public abstract class ResourceTable<E> {
    private static final int MIN_CAPACITY = 16;

    private @Nullable Object[] entries = new Object[MIN_CAPACITY];
    private int size;

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
        return at(find(resource));
    }

    /**
     * Puts an entry in the place of any other of the same resource.
     *
     * @param entry the entry
     * @return the entry that it replaces, or null
     */
    public @Nullable E put(E entry) {
        int index = find(resourceOf(entry));
        E replaced = at(index);
        entries[index] = entry;
        // Probing stays short while a third of the array is free.
        if (replaced == null && ++size > entries.length - entries.length / 3) {
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
        if (entries[index] != entry) {
            return false;
        }
        closeGap(index);
        if (--size < entries.length / 8 && entries.length > MIN_CAPACITY) {
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
        return size;
    }

    /**
     * All entries.
     *
     * @return a copy, in no particular order
     */
    public List<E> entries() {
        List<E> copy = new ArrayList<>(size);
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
        for (Object entry : old) {
            if (entry != null) {
                entries[find(resourceOf(cast(entry)))] = entry;
            }
        }
    }

    /** The index of a resource's entry, or of the free place where it belongs. */
    private int find(String resource) {
        int mask = entries.length - 1;
        int index = home(resource, mask);
        E entry = at(index);
        while (entry != null && !resourceOf(entry).equals(resource)) {
            index = (index + 1) & mask;
            entry = at(index);
        }
        return index;
    }

    private @Nullable E at(int index) {
        Object entry = entries[index];
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
