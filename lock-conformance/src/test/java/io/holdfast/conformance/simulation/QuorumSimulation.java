package io.holdfast.conformance.simulation;

import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockOptions;
import io.holdfast.LockTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * One run of a quorum: a few processes lock a few resources over three or five servers, of which a minority may lose its
 * memory; links, clocks and processes do what they can; then all is healed, and what is left is looked at. The seed
 * decides everything.
 */
final class QuorumSimulation {
    private static final List<String> RESOURCES = List.of("red", "blue");
    private static final List<Integer> LEASES = List.of(60, 200, 600, 1_000);
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
    private final QuorumObserver observer;
    private final Faults faults;
    private final Network network;
    private final Duration longestLease;
    private final List<SimulatedServer> servers = new ArrayList<>();
    private final List<QuorumMember> members = new ArrayList<>();
    private final Set<SimulatedServer> forgetful = new HashSet<>();
    private final Set<String> orphans = new HashSet<>();
    private final Set<String> askedAgain = new HashSet<>();
    private int processes;
    private int clients;
    private int unanswered;

    private QuorumSimulation(long seed, QuorumBug bug, boolean clockSteps, boolean traced) {
        this.bug = bug;
        this.clockSteps = clockSteps;
        this.world = new World(seed, traced);
        this.observer = new QuorumObserver(world, RESOURCES);
        this.stormy = world.chance(0.3);
        this.faults = stormy && world.chance(0.7) ? Faults.CALM : Faults.choose(world);
        this.network = new Network(world, faults);
        this.longestLease = world.chance(0.6) ? SHORT : LONG;
        int size = bug == QuorumBug.MINORITY_ACCEPTED || world.chance(0.25) ? 5 : 3;
        for (int i = 0; i < size; i++) {
            servers.add(new SimulatedServer(world, observer.ofOneServer(), Bug.NONE, drift()));
        }
    }

    static Simulation.Result run(long seed, QuorumBug bug) {
        return new QuorumSimulation(seed, bug, false, false).run();
    }

    static Simulation.Result trace(long seed, QuorumBug bug) {
        return new QuorumSimulation(seed, bug, false, true).run();
    }

    /** A run in which the clock of a minority of the servers jumps. */
    static Simulation.Result runWithClockSteps(long seed) {
        return new QuorumSimulation(seed, QuorumBug.NONE, true, false).run();
    }

    private Simulation.Result run() {
        world.note("seed", () -> servers.size() + " servers, longest lease " + longestLease + ", " + faults);
        try {
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
        } catch (RuntimeException thrown) {
            observer.violated("thrown: " + thrown);
        }
        return new Simulation.Result(observer.violations(), world.trace());
    }

    private long drift() {
        return faults.drift() == 0 ? 0 : world.between(-faults.drift(), faults.drift() + 1);
    }

    private QuorumMember newMember() {
        SimulatedProcess process = new SimulatedProcess(world, "p" + ++processes, drift());
        return new QuorumMember(process, network, asked(), observer, bug, longestLease);
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
            int place = (int) world.between(0, members.size());
            String resource = RESOURCES.get((int) world.between(0, resources));
            String client = world.chance(0.9) ? "c" + ++clients : "p" + place + "-worker";
            world.in(
                    world.between(0, TROUBLE - 500 * World.MILLIS),
                    () -> members.get(place)
                            .process()
                            .later(() -> ask(members.get(place), resource, client, someLease(), someTimeout()), 0));
        }
    }

    private Duration someLease() {
        boolean whole = longestLease.equals(LONG) && world.chance(0.7);
        return whole ? LONG : Duration.ofMillis(world.oneOf(LEASES));
    }

    private Duration someTimeout() {
        return Duration.ofMillis(world.oneOf(TIMEOUTS));
    }

    private void ask(QuorumMember member, String resource, String client, Duration lease, Duration timeout) {
        SimulatedProcess process = member.process();
        LockOptions options = LockOptions.defaults().withLease(lease).withAutoRenewal(world.chance(0.7));
        world.note(process.name(), () -> client + " asks for " + resource + ", " + options + ", timeout " + timeout);
        if (members.stream().anyMatch(other -> other.clients().contains(client))) {
            askedAgain.add(client);
        }
        member.clients().add(client);
        long askedAt = world.now();
        long pausedBefore = process.pausedFor();
        unanswered++;
        CompletableFuture<LockHandle> future = member.manager().acquireAsync(resource, client, timeout, options);
        CompletableFuture<?> unused = future.whenComplete((handle, failure) -> {
            unanswered--;
            long took = world.now() - askedAt - (process.pausedFor() - pausedBefore);
            if (took
                    > (timeout.toMillis() + Simulation.ANSWER_TIMEOUT.toMillis() + 20) * World.MILLIS * 1_002 / 1_000) {
                observer.violated(client + " waited for " + took / World.MILLIS + " ms for " + resource);
            }
            if (failure == null) {
                use(member, client, handle);
            } else {
                world.note(process.name(), () -> client + " fails: " + failure);
                judge(client, failure);
            }
        });
        if (world.chance(0.2)) {
            process.later(() -> future.cancel(true), world.between(0, 1 + timeout.toNanos()));
        }
    }

    private void judge(String client, Throwable failure) {
        boolean allowed = failure instanceof LockTimeoutException
                || failure instanceof CancellationException
                || (failure instanceof LockBackendException && (stormy || !faults.isCalm()));
        if (!allowed) {
            observer.violated(client + " failed though nothing is wrong: " + failure);
        }
    }

    private void use(QuorumMember member, String client, LockHandle handle) {
        world.note(
                member.process().name(),
                () -> client + " has " + handle.resource() + " token " + handle.fencingToken());
        QuorumObserver.Held held = observer.got(member.process(), client, handle);
        long duration = world.between(0, world.chance(stormy ? 0.7 : 0.4) ? 2_000 * World.MILLIS : 100 * World.MILLIS);
        member.process()
                .later(
                        () -> {
                            world.note(member.process().name(), () -> client + " releases " + handle.resource());
                            held.releasing();
                            CompletableFuture<?> unused = handle.releaseAsync().exceptionally(failed -> false);
                        },
                        duration);
        if (world.chance(0.15)) {
            member.process()
                    .later(
                            () -> ask(member, handle.resource(), client, handle.lease(), someTimeout()),
                            world.between(0, duration + 10 * World.MILLIS));
        }
    }

    private void planFaults() {
        plan(faults.breaks() * servers.size() / 2, () -> anyLink().lose());
        plan(faults.silences() * servers.size() / 2, () -> anyLink().silence());
        plan(
                4 * faults.pauses(),
                () -> world.oneOf(members).process().pause(world.between(World.MILLIS, 600 * World.MILLIS)));
        plan(faults.crashes(), () -> crash((int) world.between(0, members.size())));
        plan(faults.restarts(), () -> restart(world.oneOf(servers), world.between(World.MILLIS, 800 * World.MILLIS)));
        if (stormy) {
            planStorm();
        }
        if (clockSteps) {
            plan(2, () -> servers.get(0).stepClock(world.between(10 * World.MILLIS, 3_000 * World.MILLIS)));
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
        world.in(begin, () -> restart(away, end - begin));
        long forgotten = end - world.between(0, 250 * World.MILLIS);
        if (!clockSteps) {
            forgetful.add(forgets);
            world.in(forgotten, () -> {
                restart(forgets, world.between(World.MILLIS, 30 * World.MILLIS));
                forgets.forget();
            });
        }
        world.in(
                forgotten + longestLease.toNanos() + world.between(0, 500 * World.MILLIS),
                () -> restart(later, world.between(300 * World.MILLIS, 1_500 * World.MILLIS)));
    }

    private void plan(int times, Runnable fault) {
        for (int i = 0; i < times; i++) {
            world.in(world.between(0, TROUBLE - 500 * World.MILLIS), fault);
        }
    }

    private Link anyLink() {
        return world.oneOf(world.oneOf(members).connections()).link();
    }

    private void crash(int place) {
        QuorumMember member = members.get(place);
        member.process().crash();
        orphans.addAll(member.clients());
        member.connections().forEach(connection -> connection.link().silence());
        members.set(place, newMember());
    }

    private void restart(SimulatedServer server, long duration) {
        server.restart(duration);
        for (QuorumMember member : members) {
            for (SimulatedBackend connection : member.connections()) {
                if (connection.server() == server) {
                    connection.link().lose();
                }
            }
        }
    }

    private void lookBack() {
        if (unanswered > 0 && orphans.isEmpty()) {
            observer.violated(unanswered + " requests have no answer");
        }
        for (SimulatedServer server : servers) {
            for (String resource : RESOURCES) {
                Optional<LockInfo> left = server.inspect(resource);
                left.filter(hold -> !isExcused(hold.client()))
                        .ifPresent(hold -> observer.violated("left behind: " + hold));
            }
        }
        if (longestLease.equals(SHORT)) {
            probe();
        }
    }

    /**
     * What a dead process has left ends with its lease; so does what a client has left that lost members of its hold and
     * got a new one with the others, and what a late message began in a server that forgot its withdrawal.
     */
    private boolean isExcused(String client) {
        return orphans.contains(client) || askedAgain.contains(client) || !forgetful.isEmpty();
    }

    /** When all has been well for long, and every lease is over, a newcomer gets what it asks for. */
    private void probe() {
        QuorumMember newcomer = newMember();
        for (String resource : RESOURCES) {
            CompletableFuture<LockHandle> asked = newcomer.manager()
                    .acquireAsync(
                            resource,
                            "newcomer",
                            Duration.ofSeconds(2),
                            LockOptions.defaults().withLease(SHORT));
            world.runUntil(world.now() + 3_000 * World.MILLIS, observer::lookAround);
            if (!asked.isDone() || asked.isCompletedExceptionally()) {
                observer.violated("out of reach though all is well: " + resource + " " + asked);
            }
        }
    }
}
