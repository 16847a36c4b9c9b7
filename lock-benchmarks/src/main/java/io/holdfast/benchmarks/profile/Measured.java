package io.holdfast.benchmarks.profile;

import org.jspecify.annotations.Nullable;

/** The part of a turn that counts: its processor time, and a profile if this JVM is to be profiled. */
public final class Measured {
    /** What the names of turns begin with that don't count, and aren't profiled. */
    public static final String WARM_UP = "warm-up";

    private final @Nullable Sampler sampler;
    private final long cpuBefore;

    private Measured(@Nullable Sampler sampler) {
        this.sampler = sampler;
        this.cpuBefore = Cpu.nanos();
    }

    /**
     * It begins now.
     *
     * @param turn which turn it is a part of
     * @return to be ended
     */
    public static Measured begin(String turn) {
        return new Measured(turn.startsWith(WARM_UP) ? null : Sampler.begin(turn));
    }

    /**
     * It begins now, in a JVM that lives for one turn only.
     *
     * @return to be ended
     */
    public static Measured begin() {
        return new Measured(Sampler.begin(null));
    }

    /**
     * It ends now.
     *
     * @return how much processor time this JVM has used meanwhile, in nanoseconds
     */
    public long end() {
        long cpu = Cpu.nanos() - cpuBefore;
        if (sampler != null) {
            sampler.end();
        }
        return cpu;
    }
}
