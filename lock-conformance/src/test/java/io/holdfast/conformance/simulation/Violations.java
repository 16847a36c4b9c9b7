package io.holdfast.conformance.simulation;

import java.util.ArrayList;
import java.util.List;

/** What has happened in a run though the contract forbids it. */
final class Violations {
    private final World world;
    private final List<String> found = new ArrayList<>();

    Violations(World world) {
        this.world = world;
    }

    void add(String what) {
        world.note("CONTRACT", () -> what);
        found.add(what);
    }

    List<String> found() {
        return found;
    }
}
