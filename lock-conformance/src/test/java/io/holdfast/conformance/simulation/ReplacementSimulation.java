package io.holdfast.conformance.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One run in which a member of a quorum is replaced as {@code docs/quorum.md} has it: it is stopped for good, an empty one is started, and then the
 * processes are replaced one by one by such as name the new one in its place. Meanwhile one of the other members after another is away for a
 * while, and links, clocks and processes do what they can. The seed decides everything.
 */
final class ReplacementSimulation {
    private static final List<String> RESOURCES = List.of("red", "blue");
    private static final Duration LONGEST_LEASE = Duration.ofSeconds(1);
    private static final long FOR_GOOD = 1_000_000 * World.MILLIS;
    private static final long REPLACED_WITHIN = 2_500 * World.MILLIS;
    private static final long TROUBLE = 5_000 * World.MILLIS;

    private final ReplacementBug bug;
    private final World world;
    private final Setting setting;
    private final Fleet fleet;
    private final Applications applications;
    private final List<SimulatedServer> servers = new ArrayList<>();
    private final int size;
    /** Which of the servers is replaced. */
    private final int place;

    private ReplacementSimulation(long seed, ReplacementBug bug, boolean traced) {
        this.bug = bug;
        this.world = new World(seed, traced);
        this.setting = Setting.of(world, RESOURCES, Faults.choose(world));
        this.fleet = new Fleet(setting, this::start);
        this.applications = new Applications(setting, new Applications.Habits(true, false, 0.5, 2_000 * World.MILLIS));
        this.size = world.chance(0.25) ? 5 : 3;
        this.place = (int) world.between(0, size);
        for (int i = 0; i < size; i++) {
            servers.add(setting.newServer());
        }
    }

    static RunResult run(long seed, ReplacementBug bug) {
        return new ReplacementSimulation(seed, bug, false).run();
    }

    static RunResult trace(long seed, ReplacementBug bug) {
        return new ReplacementSimulation(seed, bug, true).run();
    }

    private RunResult run() {
        return setting.run(this::play);
    }

    private void play() {
        world.note("seed", () -> size + " servers, the one at " + place + " is replaced, " + setting.faults());
        fleet.grow((int) world.between(2, 5));
        planRequests();
        planFaults();
        long moment = world.between(500, 1_500) * World.MILLIS;
        planOutages(moment);
        world.in(moment, this::replaceServer);
        setting.runUntil(TROUBLE);
        setting.network().heal();
        setting.runUntil(TROUBLE + 3_000 * World.MILLIS);
        lookBack();
    }

    private Instance start(SimulatedProcess process) {
        return QuorumInstance.start(setting, process, List.copyOf(servers), QuorumBug.NONE, LONGEST_LEASE);
    }

    /** Stops the old server, starts the new one, and then replaces the processes, each in its time. */
    private void replaceServer() {
        world.note("seed", () -> "the server is replaced");
        if (bug != ReplacementBug.OLD_MEMBER_STILL_RUNS) {
            fleet.restart(servers.get(place), FOR_GOOD);
        }
        SimulatedServer next = setting.newServer();
        if (bug != ReplacementBug.NEW_MEMBER_TRUSTED_AT_ONCE) {
            next.forget();
        }
        servers.set(place, next);
        for (int i = 0; i < fleet.size(); i++) {
            int instance = i;
            long within = world.chance(0.3) ? World.MILLIS : REPLACED_WITHIN;
            world.in(world.between(0, within), () -> fleet.replace(instance));
        }
    }

    /**
     * One of those that stay is away, and then another: never two of them. Often one is until the server is replaced, and another from then on, so that
     * what the one has a part in that is stopped isn't known to the one that comes back.
     */
    private void planOutages(long replacement) {
        boolean sharp = world.chance(0.5);
        long moment = sharp ? replacement - 500 * World.MILLIS : world.between(0, 1_000 * World.MILLIS);
        int away = place;
        while (moment < TROUBLE) {
            away = (away + 1 + (int) world.between(0, sharp ? 1 : size)) % size;
            away = away == place ? (away + 1) % size : away;
            long end = sharp && moment < replacement ? replacement : moment + world.between(50, 800) * World.MILLIS;
            SimulatedServer server = servers.get(away);
            world.in(moment, () -> fleet.restart(server, end - world.now()));
            moment = end + (sharp ? 0 : world.between(0, 200 * World.MILLIS));
        }
    }

    private void planFaults() {
        Faults faults = setting.faults();
        Trouble trouble = new Trouble(world, fleet, 0, TROUBLE);
        trouble.breaks(faults.breaks());
        trouble.silences(faults.silences());
        trouble.pauses(2 * faults.pauses());
    }

    private void planRequests() {
        int requests = (int) world.between(20, 60);
        for (int i = 0; i < requests; i++) {
            int instance = fleet.anyPlace();
            String resource = RESOURCES.get(world.chance(0.7) ? 0 : 1);
            String client = "c" + (i + 1);
            world.in(
                    world.between(0, TROUBLE),
                    () -> fleet.at(instance)
                            .process()
                            .later(
                                    () -> applications.ask(fleet.at(instance), Request.some(world, resource, client)),
                                    0));
        }
    }

    /** The new member votes by now: a newcomer gets what it asks for, though as many others are gone as may be. */
    private void lookBack() {
        for (int gone = 1; gone <= size - size / 2 - 1; gone++) {
            fleet.restart(servers.get((place + gone) % size), FOR_GOOD);
        }
        new LookBack(setting, applications, RESOURCES).newcomerGetsAll(fleet.newcomer(), LONGEST_LEASE);
    }
}
