package io.holdfast.conformance.model;

import java.util.HashMap;
import java.util.Map;

/** Which token of the backend stands for which of the model, per resource. Each new one must be greater than all before. */
final class TokenPairs {
    private final Map<String, Map<Long, Long>> backendByModel = new HashMap<>();
    private final Map<String, Long> greatest = new HashMap<>();

    /** Whether the two tokens mean the same hold, as far as is known; from now on they do. */
    boolean pair(String resource, long model, long backend) {
        Map<Long, Long> pairs = backendByModel.computeIfAbsent(resource, name -> new HashMap<>());
        Long known = pairs.get(model);
        if (known != null) {
            return known == backend;
        }
        if (backend <= greatest.getOrDefault(resource, 0L)) {
            return false;
        }
        pairs.put(model, backend);
        greatest.put(resource, backend);
        return true;
    }
}
