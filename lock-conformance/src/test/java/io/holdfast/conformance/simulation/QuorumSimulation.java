package io.holdfast.conformance.simulation;

import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One run of a quorum: a few processes lock a few resources over three or five servers, of which a minority may lose its
 * memory; links, clocks and processes do what they can; then all is healed, and what is left is looked at. The seed
 * decides everything.
 */
final class QuorumSimulation {
    private static final List<String> RESOURCES = List.of("red", "blue");
    private static final List<Integer> TIMEOUTS = List.of(0, 50, 500, 5_000);
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final long TROUBLE = 5_000 * World.MILLIS;
    private static final long QUIET = TROUBLE + 15_000 * World.MILLIS;

    private final QuorumBug bug;
    private final boolean clockSteps;
    /** Whether servers lose their memory at the worst of times, and the network does what it can all the same. */
    private final boolean stormy;

    private final World world;
    private final Setting setting;
    private final Fleet fleet;
    private final Applications applications;
    private final Duration longestLease;
    private final List<SimulatedServer> servers = new ArrayList<>();
    private final Set<SimulatedServer> forgetful = new HashSet<>();
    private final Set<String> askedAgain = new HashSet<>();
    private int clients;

    private QuorumSimulation(long seed, QuorumBug bug, boolean clockSteps, boolean traced) {
        this.bug = bug;
        this.clockSteps = clockSteps;
        this.world = new World(seed, traced);
        this.stormy = world.chance(0.3);
        this.setting = Setting.of(world, RESOURCES, stormy && world.chance(0.7) ? Faults.CALM : Faults.choose(world));
        this.fleet = new Fleet(setting, this::start);
        boolean mayFail = stormy || !setting.faults().isCalm();
        Applications.Habits habits = new Applications.Habits(mayFail, true, stormy ? 0.7 : 0.4, 2_000 * World.MILLIS);
        this.applications = new Applications(setting, habits, this::perhapsAskAgain);
        this.longestLease = world.chance(0.6) ? SHORT : LONG;
        int size = bug == QuorumBug.MINORITY_ACCEPTED || world.chance(0.25) ? 5 : 3;
        for (int i = 0; i < size; i++) {
            servers.add(setting.newServer());
        }
    }

    static RunResult run(long seed, QuorumBug bug) {
        return new QuorumSimulation(seed, bug, false, false).run();
    }

    static RunResult trace(long seed, QuorumBug bug) {
        return new QuorumSimulation(seed, bug, false, true).run();
    }

    /** A run in which the clock of a minority of the servers jumps. */
    static RunResult runWithClockSteps(long seed) {
        return new QuorumSimulation(seed, QuorumBug.NONE, true, false).run();
    }

    private RunResult run() {
        return setting.run(this::play);
    }

    private void play() {
        world.note("seed", () -> servers.size() + " servers, longest lease " + longestLease + ", " + setting.faults());
        fleet.grow((int) world.between(1, 4));
        planRequests();
        planFaults();
        setting.runUntil(TROUBLE);
        setting.network().heal();
        world.note("seed", () -> "all is healed");
        setting.runUntil(QUIET);
        lookBack();
    }

    private Instance start(SimulatedProcess process) {
        return QuorumInstance.start(setting, process, asked(), bug, longestLease);
    }

    /** The servers that a process asks: all, unless it believes that three of five are enough to know. */
    private List<SimulatedServer> asked() {
        List<SimulatedServer> asked = new ArrayList<>(servers);
        while (bug == QuorumBug.MINORITY_ACCEPTED && asked.size() > 3) {
            asked.remove(world.oneOf(asked));
        }
        return asked;
    }

    private void planRequests() {
        int resources = stormy ? 1 : (int) world.between(1, RESOURCES.size() + 1);
        int requests = (int) world.between(stormy ? 10 : 2, 21);
        for (int i = 0; i < requests; i++) {
            int place = fleet.anyPlace();
            String resource = RESOURCES.get((int) world.between(0, resources));
            String client = world.chance(0.9) ? "c" + ++clients : "p" + place + "-worker";
            world.in(
                    world.between(0, TROUBLE - 500 * World.MILLIS),
                    () -> fleet.at(place)
                            .process()
                            .later(() -> ask(fleet.at(place), resource, client, someLease()), 0));
        }
    }

    private Duration someLease() {
        boolean whole = longestLease.equals(LONG) && world.chance(0.7);
        return whole ? LONG : Request.someLease(world);
    }

    private void ask(Instance instance, String resource, String client, Duration lease) {
        Duration timeout = Duration.ofMillis(world.oneOf(TIMEOUTS));
        LockOptions options = LockOptions.defaults().withLease(lease).withAutoRenewal(world.chance(0.7));
        if (fleet.knows(client)) {
            askedAgain.add(client);
        }
        applications.ask(instance, new Request(resource, client, options, timeout));
    }

    private void perhapsAskAgain(Instance instance, LockHandle handle, long duration) {
        if (world.chance(0.15)) {
            instance.process()
                    .later(
                            () -> ask(instance, handle.resource(), handle.client(), handle.lease()),
                            world.between(0, duration + 10 * World.MILLIS));
        }
    }

    private void planFaults() {
        Faults faults = setting.faults();
        Trouble trouble = new Trouble(world, fleet, 0, TROUBLE - 500 * World.MILLIS);
        trouble.breaks(faults.breaks() * servers.size() / 2);
        trouble.silences(faults.silences() * servers.size() / 2);
        trouble.pauses(4 * faults.pauses());
        trouble.plan(faults.crashes(), () -> fleet.replace(fleet.anyPlace()));
        trouble.plan(
                faults.restarts(),
                () -> fleet.restart(world.oneOf(servers), world.between(World.MILLIS, 800 * World.MILLIS)));
        if (stormy) {
            planStorm();
        }
        if (clockSteps) {
            trouble.plan(2, () -> servers.get(0).stepClock(world.between(10 * World.MILLIS, 3_000 * World.MILLIS)));
        }
    }

    /** One server is away for long; meanwhile another loses its memory; when that one may vote again, a third goes. */
    private void planStorm() {
        int first = (int) world.between(0, servers.size());
        SimulatedServer away = servers.get(first);
        SimulatedServer forgets = servers.get((first + 1) % servers.size());
        SimulatedServer later = servers.get((first + 2) % servers.size());
        long begin = world.between(0, 1_500 * World.MILLIS);
        long end = begin + world.between(300 * World.MILLIS, 1_500 * World.MILLIS);
        world.in(begin, () -> fleet.restart(away, end - begin));
        long forgotten = end - world.between(0, 250 * World.MILLIS);
        if (!clockSteps) {
            forgetful.add(forgets);
            world.in(forgotten, () -> {
                fleet.restart(forgets, world.between(World.MILLIS, 30 * World.MILLIS));
                forgets.forget();
            });
        }
        world.in(
                forgotten + longestLease.toNanos() + world.between(0, 500 * World.MILLIS),
                () -> fleet.restart(later, world.between(300 * World.MILLIS, 1_500 * World.MILLIS)));
    }

    private void lookBack() {
        LookBack lookBack = new LookBack(setting, applications, RESOURCES);
        lookBack.allAreAnswered(fleet);
        lookBack.nothingIsLeft(servers, this::isExcused);
        if (longestLease.equals(SHORT)) {
            lookBack.newcomerGetsAll(fleet.newcomer(), SHORT);
        }
    }

    /**
     * What a dead process has left ends with its lease; so does what a client has left that lost members of its hold and
     * got a new one with the others, and what a late message began in a server that forgot its withdrawal.
     */
    private boolean isExcused(String client) {
        return fleet.orphans().contains(client) || askedAgain.contains(client) || !forgetful.isEmpty();
    }
}
