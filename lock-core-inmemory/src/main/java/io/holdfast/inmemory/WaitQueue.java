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
    /** The only place, until a second client comes: most resources that are waited for have a single waiter, and a map would be most of its weight. */
    private @Nullable List<Waiter> lone;

    /** All places in their order, from the second client on. */
    private @Nullable Map<String, List<Waiter>> places;

    /** Puts a request into its client's place, at the end of the queue if the client has none yet. A request that waits already stays as it is. */
    void add(AcquireRequest request, long now) {
        List<Waiter> place = placeOf(request.client());
        if (place == null) {
            place = new ArrayList<>(1);
            append(request.client(), place);
        }
        for (Waiter waiter : place) {
            if (waiter.request.id() == request.id()) {
                return;
            }
        }
        // Deadlines, like the moments they are compared with, may wrap around.
        place.add(new Waiter(request, now + request.waitNanos()));
    }

    private @Nullable List<Waiter> placeOf(String client) {
        if (places != null) {
            return places.get(client);
        }
        return lone != null && clientOf(lone).equals(client) ? lone : null;
    }

    private static String clientOf(List<Waiter> place) {
        return place.get(0).request.client();
    }

    private void append(String client, List<Waiter> place) {
        if (places == null && lone == null) {
            lone = place;
            return;
        }
        if (places == null) {
            places = new LinkedHashMap<>();
        }
        if (lone != null) {
            places.put(clientOf(lone), lone);
            lone = null;
        }
        places.put(client, place);
    }

    /** Takes a request out, and the place if it was the last there. */
    boolean remove(AcquireRequest request) {
        List<Waiter> place = placeOf(request.client());
        if (place == null || !place.removeIf(waiter -> waiter.request.id() == request.id())) {
            return false;
        }
        if (place.isEmpty()) {
            if (places == null) {
                lone = null;
            } else {
                places.remove(request.client());
            }
        }
        return true;
    }

    /** Takes out the first place. */
    @Nullable
    List<Waiter> poll() {
        if (places == null) {
            List<Waiter> place = lone;
            lone = null;
            return place;
        }
        Iterator<List<Waiter>> first = places.values().iterator();
        if (!first.hasNext()) {
            return null;
        }
        List<Waiter> place = first.next();
        first.remove();
        return place;
    }

    int size() {
        if (places == null) {
            return lone == null ? 0 : 1;
        }
        return places.size();
    }

    /** A request in the queue. */
    record Waiter(AcquireRequest request, long deadline) {
        boolean isOver(long now) {
            return deadline - now <= 0;
        }
    }
}
