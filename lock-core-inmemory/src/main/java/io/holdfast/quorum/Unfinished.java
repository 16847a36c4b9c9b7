package io.holdfast.quorum;

import io.holdfast.spi.AcquireRequest;
import io.holdfast.spi.HoldRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The attempts whose hold has begun while members were late that may still join it. Thread-safe. */
final class Unfinished {
    private final Map<String, Set<Late>> byResource = new ConcurrentHashMap<>();

    void add(Attempt attempt, Named hold) {
        byResource.compute(hold.resource(), (resource, present) -> {
            Set<Late> all = present == null ? ConcurrentHashMap.newKeySet() : present;
            all.add(new Late(attempt, hold));
            return all;
        });
    }

    void remove(Attempt attempt) {
        byResource.computeIfPresent(attempt.request().resource(), (resource, all) -> {
            all.removeIf(late -> late.attempt == attempt);
            return all.isEmpty() ? null : all;
        });
    }

    /** Those of a hold. */
    List<Attempt> of(HoldRef hold) {
        return of(hold.resource()).stream()
                .filter(late -> late.hold.client().equals(hold.client()))
                .filter(late -> hold.token() == HoldRef.ANY_TOKEN || hold.token() == late.hold.token())
                .map(Late::attempt)
                .toList();
    }

    /** That of a request. */
    Optional<Attempt> of(AcquireRequest request) {
        return of(request.resource()).stream()
                .map(Late::attempt)
                .filter(attempt -> attempt.request().id() == request.id())
                .findAny();
    }

    private Set<Late> of(String resource) {
        return byResource.getOrDefault(resource, Set.of());
    }

    int size() {
        return byResource.size();
    }

    private record Late(Attempt attempt, Named hold) {}
}
