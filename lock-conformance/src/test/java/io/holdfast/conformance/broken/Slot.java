package io.holdfast.conformance.broken;

import io.holdfast.spi.AcquireRequest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the simple store keeps of one resource. */
final class Slot {
    /** The waiting requests, by their places in the order of arrival. */
    final Map<String, List<Wish>> queue = new LinkedHashMap<>();

    @Nullable
    Hold hold;

    /** The latest hold, ended or not. */
    @Nullable
    Hold last;

    boolean handedOver;
    boolean lastExpired;

    @Nullable
    List<Wish> takeFirst() {
        Iterator<List<Wish>> places = queue.values().iterator();
        if (!places.hasNext()) {
            return null;
        }
        List<Wish> first = places.next();
        places.remove();
        return first;
    }

    boolean remove(Wish wish) {
        return !removeIf(wish::equals).isEmpty();
    }

    boolean remove(AcquireRequest request) {
        return !removeIf(wish -> wish.request().id() == request.id()).isEmpty();
    }

    List<Wish> removeAllOf(SimpleConnection connection) {
        return removeIf(wish -> wish.from() == connection);
    }

    private List<Wish> removeIf(Predicate<Wish> condition) {
        List<Wish> removed = new ArrayList<>();
        for (List<Wish> place : queue.values()) {
            place.stream().filter(condition).forEach(removed::add);
            place.removeAll(removed);
        }
        queue.values().removeIf(List::isEmpty);
        return removed;
    }
}
