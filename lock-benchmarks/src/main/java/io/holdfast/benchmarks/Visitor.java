package io.holdfast.benchmarks;

import io.holdfast.benchmarks.contestants.NamedLocks;

/** One thread's part in a scenario: it locks one resource after the other and passes what each guards. */
final class Visitor {
    private final String client;
    private final String[] resources;
    private final Runnable[] work;
    private int next;

    /**
     * A visitor.
     *
     * @param number tells it from other visitors; from 0
     * @param resources what to lock in turn; a power of two of them
     * @param guarded what each guards
     */
    Visitor(int number, String[] resources, CriticalSection[] guarded) {
        this.client = Labels.of("client-", number);
        this.resources = resources;
        this.work = new Runnable[resources.length];
        int who = number + 1;
        for (int i = 0; i < resources.length; i++) {
            CriticalSection section = guarded[i];
            work[i] = () -> section.pass(who);
        }
    }

    /** A visitor of resources that nobody else visits. */
    static Visitor alone(int number, int resources) {
        String[] names = new String[resources];
        CriticalSection[] guarded = new CriticalSection[resources];
        for (int i = 0; i < resources; i++) {
            names[i] = Labels.of("resource-", number * resources + i);
            guarded[i] = new CriticalSection();
        }
        return new Visitor(number, names, guarded);
    }

    /** Locks the next resource and releases it. */
    void visit(NamedLocks<?> locks) throws InterruptedException {
        int i = next++ & (resources.length - 1);
        locks.guard(resources[i], client, work[i]);
    }
}
