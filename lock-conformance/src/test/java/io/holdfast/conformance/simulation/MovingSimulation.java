package io.holdfast.conformance.simulation;

import io.holdfast.LockOptions;
import io.holdfast.conformance.simulation.MovingInstance.Step;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * One run of a move of resources between stores, as {@code docs/sharding.md} has it: a few processes lock a few resources, and are replaced
 * one by one, first by such as lock what moves in both shards, and later by such as use the new map alone. Links, clocks and processes do what
 * they can meanwhile, but for the time of waiting, in which all shards must answer. The seed decides everything.
 */
final class MovingSimulation {
    /** One for each way from a shard to a shard. */
    private static final List<String> RESOURCES =
            List.of(resource("a", "b"), resource("a", "c"), resource("b", "c"), resource("b", "b"));

    private static final long REPLACED_BY = 1_500 * World.MILLIS;
    private static final long WAIT_FROM = 3_000 * World.MILLIS;
    /** Ten seconds, as documented, of which here is the part that matters: the longest lease, and some times of levelling. */
    private static final long WAIT = 5_000 * World.MILLIS;

    private final MovingBug bug;
    private final World world;
    private final Setting setting;
    private final Fleet fleet;
    private final Applications applications;
    private final Map<String, SimulatedServer> servers = new TreeMap<>();
    private final long newFrom;
    private final long end;
    private Step step = Step.OLD;
    private int clients;

    private MovingSimulation(long seed, MovingBug bug, boolean traced) {
        this.bug = bug;
        this.world = new World(seed, traced);
        this.setting = Setting.of(world, RESOURCES, Faults.choose(world));
        this.fleet = new Fleet(setting, this::start);
        boolean mayFail = !setting.faults().isCalm();
        this.applications =
                new Applications(setting, new Applications.Habits(mayFail, true, 0.5, 2_500 * World.MILLIS));
        this.newFrom = bug == MovingBug.NOT_WAITED ? REPLACED_BY + World.MILLIS : WAIT_FROM + WAIT;
        this.end = newFrom + 2_500 * World.MILLIS;
        for (String shard : List.of("a", "b", "c")) {
            SimulatedServer server = setting.newServer();
            // Who has served for long has given more tokens.
            server.raiseFloor(world.between(1, 100), server.memory().incarnation());
            servers.put(shard, server);
        }
    }

    private static String resource(String from, String to) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "r" + i)
                .filter(name -> MovingInstance.OLD.shardOf(name).equals(from))
                .filter(name -> MovingInstance.NEW.shardOf(name).equals(to))
                .findFirst()
                .orElseThrow();
    }

    static RunResult run(long seed, MovingBug bug) {
        return new MovingSimulation(seed, bug, false).run();
    }

    static RunResult trace(long seed, MovingBug bug) {
        return new MovingSimulation(seed, bug, true).run();
    }

    private RunResult run() {
        return setting.run(this::play);
    }

    private void play() {
        world.note("seed", () -> setting.faults() + " " + RESOURCES);
        fleet.grow((int) world.between(2, 5));
        planRequests();
        planFaults(0, WAIT_FROM - 500 * World.MILLIS);
        planFaults(newFrom, end - 500 * World.MILLIS);
        planSteps();
        setting.runUntil(WAIT_FROM);
        setting.network().heal();
        setting.runUntil(end + 10_000 * World.MILLIS);
        lookBack();
    }

    private Instance start(SimulatedProcess process) {
        world.note(process.name(), () -> "begins, " + step);
        return MovingInstance.start(setting, process, servers, step, bug);
    }

    private void planSteps() {
        long begin = world.between(0, 500 * World.MILLIS);
        if (bug != MovingBug.STEP_LEFT_OUT) {
            planStep(Step.ON_THE_WAY, begin, REPLACED_BY, bug == MovingBug.OLD_PROCESS_LEFT ? 1 : 0);
        }
        planStep(Step.NEW, newFrom, newFrom + REPLACED_BY, 0);
    }

    /** Replaces one process after the other, but for the first few. */
    private void planStep(Step next, long from, long to, int left) {
        world.in(from, () -> step = next);
        for (int i = left; i < fleet.size(); i++) {
            int place = i;
            world.in(world.between(from, to), () -> fleet.replace(place));
        }
        if (next == Step.NEW && bug == MovingBug.OLD_PROCESS_LEFT) {
            return;
        }
        world.in(to, () -> world.note("seed", () -> "all are " + next));
    }

    private void planRequests() {
        int resources = (int) world.between(1, RESOURCES.size() + 1);
        int first = (int) world.between(0, RESOURCES.size());
        int requests = (int) world.between(10, 60);
        for (int i = 0; i < requests; i++) {
            int place = fleet.anyPlace();
            String resource = RESOURCES.get((first + (int) world.between(0, resources)) % RESOURCES.size());
            String client = world.chance(0.9) ? "c" + ++clients : "p" + place + "-worker";
            // Most come while processes are replaced.
            long moment = world.chance(0.2)
                    ? world.between(WAIT_FROM, newFrom + 1)
                    : world.between(0, WAIT_FROM) + (world.chance(0.5) ? newFrom : 0);
            world.in(moment, () -> ask(fleet.at(place), Request.some(world, resource, client)));
        }
    }

    private void ask(Instance instance, Request request) {
        instance.process().later(() -> applications.ask(instance, request), 0);
    }

    private void planFaults(long from, long to) {
        Faults faults = setting.faults();
        Trouble trouble = new Trouble(world, fleet, from, to);
        trouble.breaks(faults.breaks());
        trouble.silences(faults.silences());
        trouble.pauses(2 * faults.pauses());
        trouble.plan(faults.crashes(), () -> crash(fleet.anyPlace()));
        trouble.plan(faults.restarts(), this::restartOne);
    }

    /** One that dies comes back with the configuration that is deployed by then. */
    private void crash(int place) {
        boolean kept = bug == MovingBug.OLD_PROCESS_LEFT && place == 0;
        if (!kept) {
            fleet.replace(place);
        }
    }

    private void restartOne() {
        SimulatedServer server = world.oneOf(List.copyOf(servers.values()));
        fleet.restart(server, world.between(World.MILLIS, 500 * World.MILLIS));
    }

    private void lookBack() {
        LookBack lookBack = new LookBack(setting, applications, RESOURCES);
        lookBack.allAreAnswered(fleet);
        lookBack.nothingIsLeft(servers.values(), fleet.orphans()::contains);
        step = Step.NEW;
        lookBack.newcomerGetsAll(fleet.newcomer(), LockOptions.defaults().lease());
    }
}
