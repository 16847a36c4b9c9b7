package io.holdfast;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A provider that remembers which URIs it was given. Found by the service loader. */
public final class RecordingProvider implements LockProvider {
    static final List<URI> OPENED = new ArrayList<>();

    /** For the service loader. */
    public RecordingProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("recording", "recording+tls");
    }

    @Override
    public DistributedLock open(URI uri) {
        OPENED.add(uri);
        return new RecordingLock();
    }
}
