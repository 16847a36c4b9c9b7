package io.holdfast.inmemory;

import io.holdfast.spi.AcquireRequest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The clients that wait for one resource, first come first served. The requests of one client share its place; each has its own deadline. */
final class WaitQueue {
    /** Begins small: of many resources that are waited for, most have a single waiter. */
    private final Map<String, List<Waiter>> places = new LinkedHashMap<>(2);

    /** Puts a request into its client's place, at the end of the queue if the client has none yet. A request that waits already stays as it is. */
    void add(AcquireRequest request, long now) {
        List<Waiter> place = places.computeIfAbsent(request.client(), client -> new ArrayList<>(1));
        for (Waiter waiter : place) {
            if (waiter.request.id() == request.id()) {
                return;
            }
        }
        // Deadlines, like the moments they are compared with, may wrap around.
        place.add(new Waiter(request, now + request.waitNanos()));
    }

    /** Takes a request out, and the place if it was the last there. */
    boolean remove(AcquireRequest request) {
        List<Waiter> place = places.get(request.client());
        if (place == null || !place.removeIf(waiter -> waiter.request.id() == request.id())) {
            return false;
        }
        if (place.isEmpty()) {
            places.remove(request.client());
        }
        return true;
    }

    /** Takes out the first place. */
    @Nullable
    List<Waiter> poll() {
        Iterator<List<Waiter>> first = places.values().iterator();
        if (!first.hasNext()) {
            return null;
        }
        List<Waiter> place = first.next();
        first.remove();
        return place;
    }

    int size() {
        return places.size();
    }

    /** A request in the queue. */
    record Waiter(AcquireRequest request, long deadline) {
        boolean isOver(long now) {
            return deadline - now <= 0;
        }
    }
}
