package io.holdfast.core.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Spreads resources over many parts, each with a lock of its own. There are far more parts than processors: a thread that is
 * suspended while it holds a part's lock keeps all others out of that part for a long time, so two busy resources should
 * seldom share one. A part is made when it is needed first.
 *
 * <p>Thread-safe.
 *
 * @param <T> what a part is
 */
public final class Stripes<T> {
    private static final int COUNT = 512;

    private final AtomicReferenceArray<@Nullable T> parts = new AtomicReferenceArray<>(COUNT);
    private final Supplier<T> maker;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile List<T> made = List.of();

    /**
     * Makes stripes without any part yet.
     *
     * @param maker makes a part
     */
    public Stripes(Supplier<T> maker) {
        this.maker = maker;
    }

    /**
     * The part of a resource.
     *
     * @param resource its name
     * @return the same part at every call
     */
    public T of(String resource) {
        int index = Spread.stripe(resource, COUNT);
        T part = parts.get(index);
        return part == null ? make(index) : part;
    }

    private T make(int index) {
        lock.lock();
        try {
            T other = parts.get(index);
            if (other != null) {
                return other;
            }
            T part = maker.get();
            List<T> all = new ArrayList<>(made.size() + 1);
            all.addAll(made);
            all.add(part);
            // First: whoever uses a part may rely on its being found by those who go through all.
            made = Collections.unmodifiableList(all);
            parts.set(index, part);
            return part;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The parts that were needed so far.
     *
     * @return those that were made before this call, in the order in which they were; never changed
     */
    public List<T> made() {
        return made;
    }
}
