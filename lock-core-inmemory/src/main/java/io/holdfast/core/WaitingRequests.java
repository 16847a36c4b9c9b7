package io.holdfast.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The requests of a shard that wait, by resource. Guarded by the shard's lock. */
final class WaitingRequests {
    private final Map<String, List<PendingAcquire>> byResource = new HashMap<>();

    void add(PendingAcquire pending) {
        byResource
                .computeIfAbsent(pending.resource(), resource -> new ArrayList<>(1))
                .add(pending);
    }

    void remove(PendingAcquire pending) {
        List<PendingAcquire> others = byResource.get(pending.resource());
        if (others != null && others.remove(pending) && others.isEmpty()) {
            byResource.remove(pending.resource());
        }
    }

    List<PendingAcquire> of(String resource) {
        return byResource.isEmpty() ? List.of() : byResource.getOrDefault(resource, List.of());
    }

    boolean isAnyOf(String resource, String client) {
        return of(resource).stream().anyMatch(pending -> pending.client().equals(client));
    }

    List<PendingAcquire> all() {
        return byResource.values().stream().flatMap(List::stream).toList();
    }
}
