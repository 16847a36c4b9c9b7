package io.holdfast.benchmarks.profile;

/** What is sampled. */
public enum ProfileKind {
    /** Each millisecond of processor time: of all threads, in the kernel too where the machine permits that. */
    CPU("event=cpu,interval=1ms", "samples", "processor time"),
    /** What is allocated, once in so many bytes. */
    ALLOC("event=alloc,alloc=32k", "total", "allocated bytes");

    private final String event;
    private final String counter;
    private final String label;

    ProfileKind(String event, String counter, String label) {
        this.event = event;
        this.counter = counter;
        this.label = label;
    }

    /** In the profiler's words. */
    String event() {
        return event;
    }

    /** What a stack's number counts, in the profiler's words. */
    String counter() {
        return counter;
    }

    /** What a share is a share of. */
    String label() {
        return label;
    }
}
