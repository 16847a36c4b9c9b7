package io.holdfast.conformance.simulation;

import io.holdfast.LockInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One run: a few processes use a few resources through lock managers, while the network, the clocks, the processes and
 * the server do what they can to confuse them; then all is healed, and what is left is looked at. The seed decides
 * everything.
 */
final class Simulation {
    static final long TROUBLE = 2_500 * World.MILLIS;
    private static final long QUIET = TROUBLE + 40_000 * World.MILLIS;
    private static final long LATEST_START = 1_500 * World.MILLIS;
    private static final List<String> RESOURCES = List.of("red", "blue");

    private final Bug bug;
    private final World world;
    private final Observer observer;
    private final Faults faults;
    private final Network network;
    private final SimulatedServer server;
    private final List<Member> members = new ArrayList<>();
    /** The clients of processes that have ended: what they have ends with its lease. */
    private final Set<String> orphans = new HashSet<>();

    private int processes;
    private int clients;

    private Simulation(long seed, Bug bug, boolean traced) {
        this.bug = bug;
        this.world = new World(seed, traced);
        this.observer = new Observer(world, RESOURCES);
        this.faults = Faults.choose(world);
        this.network = new Network(world, faults);
        this.server = new SimulatedServer(world, observer, bug, faults.someDrift(world));
    }

    /** Runs a seed. */
    static RunResult run(long seed, Bug bug) {
        return new Simulation(seed, bug, false).run();
    }

    /** Runs a seed again, and writes down what happens. */
    static RunResult trace(long seed, Bug bug) {
        return new Simulation(seed, bug, true).run();
    }

    private RunResult run() {
        return RunResult.of(world, observer.violations(), this::play);
    }

    private void play() {
        world.note("seed", faults::toString);
        int size = (int) world.between(1, 4);
        for (int i = 0; i < size; i++) {
            members.add(newMember());
        }
        planRequests();
        planFaults();
        world.runUntil(TROUBLE, observer::lookAround);
        network.heal();
        world.note("seed", () -> "all is healed");
        world.runUntil(QUIET, observer::lookAround);
        lookBack();
    }

    private Member newMember() {
        SimulatedProcess process = new SimulatedProcess(world, "p" + ++processes, faults.someDrift(world));
        return new Member(process, new SimulatedBackend(network, process, server, observer, bug));
    }

    private void planRequests() {
        int resources = (int) world.between(1, RESOURCES.size() + 1);
        int requests = (int) world.between(2, 13);
        for (int i = 0; i < requests; i++) {
            int place = (int) world.between(0, members.size());
            String resource = RESOURCES.get((int) world.between(0, resources));
            boolean alone = world.chance(0.8);
            String client = alone ? "c" + ++clients : "p" + place + "-worker";
            world.in(world.between(0, LATEST_START), () -> ask(members.get(place), resource, client, alone));
        }
    }

    private void ask(Member member, String resource, String client, boolean alone) {
        Caller caller = new Caller(world, observer, member, resource, client, alone, faults.isCalm());
        member.process().later(caller::ask, 0);
    }

    private void planFaults() {
        plan(faults.breaks(), () -> anyMember().backend().link().lose());
        plan(faults.silences(), () -> anyMember().backend().link().silence());
        plan(faults.pauses(), () -> anyMember().process().pauseForAWhile());
        plan(faults.crashes(), () -> crash((int) world.between(0, members.size())));
        plan(faults.restarts(), this::restartServer);
        if (world.chance(0.2)) {
            plan(1, () -> close(anyMember()));
        }
    }

    private void plan(int times, Runnable fault) {
        world.repeatedly(times, 0, TROUBLE - 1_000 * World.MILLIS, fault);
    }

    private Member anyMember() {
        return world.oneOf(members);
    }

    private void crash(int place) {
        members.get(place).process().crash();
        orphans.addAll(members.get(place).clients());
        members.get(place).backend().link().silence();
        members.set(place, newMember());
    }

    private void close(Member member) {
        member.close(observer);
        if (!faults.isCalm()) {
            // What the end of the process said to the server may have been lost.
            orphans.addAll(member.clients());
        }
    }

    private void restartServer() {
        server.restart(world.between(World.MILLIS, world.chance(0.3) ? 1_500 * World.MILLIS : 300 * World.MILLIS));
        members.forEach(member -> member.backend().link().lose());
    }

    private void lookBack() {
        observer.lookBack();
        members.forEach(member -> member.lookBack(observer));
        long holds = 0;
        for (String resource : observer.resources()) {
            Optional<LockInfo> hold = server.inspect(resource);
            holds += hold.isPresent() ? 1 : 0;
            hold.filter(left -> !orphans.contains(left.client()))
                    .ifPresent(left -> observer.violated("left behind: " + left));
        }
        if (holds == 0 && server.size() > 0) {
            observer.violated("left behind in the server: " + server.size() + " entries");
        }
        members.forEach(member -> member.close(observer));
    }
}
