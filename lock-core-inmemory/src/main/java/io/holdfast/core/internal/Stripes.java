package io.holdfast.core.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
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
        T made = maker.get();
        T other = parts.compareAndExchange(index, null, made);
        return other == null ? made : other;
    }

    /**
     * The parts that were needed so far.
     *
     * @return a copy, in the order of the stripes
     */
    public List<T> made() {
        List<T> made = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            T part = parts.get(i);
            if (part != null) {
                made.add(part);
            }
        }
        return made;
    }
}
