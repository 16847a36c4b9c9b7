package io.holdfast.benchmarks.crew;

/** What is measured with JVMs that take turns. */
@SuppressWarnings("ImmutableEnumChecker") // Records of numbers.
public enum CrewScenario {
    /** One thread, nobody in its way. */
    UNCONTENDED(new CrowdMatch(Job.Kind.CROWD, 1, 1, 16)),
    /** 16 threads with resources of their own. */
    MANY_KEYS(new CrowdMatch(Job.Kind.CROWD, 1, 16, 64)),
    /** The same by the asynchronous API. */
    MANY_KEYS_ASYNC(new CrowdMatch(Job.Kind.LANES, 1, 64, 16)),
    /** 16 threads that want one resource. */
    CONTENDED(new CrowdMatch(Job.Kind.CROWD, 1, 16, 0)),
    /** Four JVMs of four threads that want one resource. */
    SEVERAL_JVMS(new CrowdMatch(Job.Kind.CROWD, 4, 4, 0)),
    /** Two JVMs that hand one resource to and fro. */
    WAKE_UP(new RelayMatch()),
    /** More and more threads. */
    THREADS(new ThreadsMatch()),
    /** Many that wait for one resource in one JVM. */
    WAITERS(new WaitersMatch()),
    /** Many holds that are renewed. */
    RENEWAL(new RenewalMatch());

    private final Match match;

    CrewScenario(Match match) {
        this.match = match;
    }

    Match match() {
        return match;
    }

    /** How many JVMs compile their code at the same time in its first turn: the warm-up has to be so many times as long. */
    int freshJvms() {
        return switch (this) {
            case SEVERAL_JVMS -> 4;
            case WAKE_UP -> 2;
            default -> 1;
        };
    }
}
