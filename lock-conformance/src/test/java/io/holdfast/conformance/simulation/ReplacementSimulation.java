package io.holdfast.conformance.simulation;

import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockOptions;
import io.holdfast.LockTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * One run in which a member of a quorum is replaced as {@code docs/quorum.md} has it: it is stopped for good, an empty one is started, and then the
 * processes are replaced one by one by such as name the new one in its place. Meanwhile one of the other members after another is away for a
 * while, and links, clocks and processes do what they can. The seed decides everything.
 */
final class ReplacementSimulation {
    private static final List<String> RESOURCES = List.of("red", "blue");
    private static final List<Integer> LEASES = List.of(60, 200, 600, 1_000);
    private static final List<Integer> TIMEOUTS = List.of(0, 50, 500, 3_000);
    private static final Duration LONGEST_LEASE = Duration.ofSeconds(1);
    private static final long FOR_GOOD = 1_000_000 * World.MILLIS;
    private static final long REPLACED_WITHIN = 2_500 * World.MILLIS;
    private static final long TROUBLE = 5_000 * World.MILLIS;

    private final ReplacementBug bug;
    private final World world;
    private final QuorumObserver observer;
    private final Faults faults;
    private final Network network;
    /** Those that stay come first. */
    private final List<SimulatedServer> servers = new ArrayList<>();

    private final List<QuorumMember> members = new ArrayList<>();
    private final int size;
    private final int place;
    private SimulatedServer replaced;
    private int processes;
    private int clients;

    private ReplacementSimulation(long seed, ReplacementBug bug, boolean traced) {
        this.bug = bug;
        this.world = new World(seed, traced);
        this.observer = new QuorumObserver(world, RESOURCES);
        this.faults = Faults.choose(world);
        this.network = new Network(world, faults);
        this.size = world.chance(0.25) ? 5 : 3;
        this.place = (int) world.between(0, size);
        for (int i = 0; i < size; i++) {
            servers.add(newServer());
        }
        this.replaced = servers.get(place);
    }

    static Simulation.Result run(long seed, ReplacementBug bug) {
        return new ReplacementSimulation(seed, bug, false).run();
    }

    static Simulation.Result trace(long seed, ReplacementBug bug) {
        return new ReplacementSimulation(seed, bug, true).run();
    }

    private Simulation.Result run() {
        world.note("seed", () -> size + " servers, the one at " + place + " is replaced, " + faults);
        try {
            int number = (int) world.between(2, 5);
            for (int i = 0; i < number; i++) {
                members.add(newMember());
            }
            planRequests();
            planFaults();
            long moment = world.between(500, 1_500) * World.MILLIS;
            planOutages(moment);
            world.in(moment, this::replaceServer);
            world.runUntil(TROUBLE, observer::lookAround);
            network.heal();
            world.runUntil(TROUBLE + 3_000 * World.MILLIS, observer::lookAround);
            probe();
        } catch (RuntimeException thrown) {
            observer.violated("thrown: " + thrown);
        }
        return new Simulation.Result(observer.violations(), world.trace());
    }

    private SimulatedServer newServer() {
        return new SimulatedServer(world, observer.ofOneServer(), Bug.NONE, drift());
    }

    private QuorumMember newMember() {
        SimulatedProcess process = new SimulatedProcess(world, "p" + ++processes, drift());
        return new QuorumMember(process, network, List.copyOf(servers), observer, QuorumBug.NONE, LONGEST_LEASE);
    }

    private long drift() {
        return faults.drift() == 0 ? 0 : world.between(-faults.drift(), faults.drift() + 1);
    }

    /** Stops the old server, starts the new one, and then replaces the processes, each in its time. */
    private void replaceServer() {
        world.note("seed", () -> "the server is replaced");
        if (bug != ReplacementBug.OLD_MEMBER_STILL_RUNS) {
            stop(replaced, FOR_GOOD);
        }
        SimulatedServer next = newServer();
        if (bug != ReplacementBug.NEW_MEMBER_TRUSTED_AT_ONCE) {
            next.forget();
        }
        servers.set(place, next);
        for (int i = 0; i < members.size(); i++) {
            int replacedProcess = i;
            world.in(
                    world.between(0, world.chance(0.3) ? World.MILLIS : REPLACED_WITHIN),
                    () -> replaceProcess(replacedProcess));
        }
    }

    private void replaceProcess(int number) {
        QuorumMember member = members.get(number);
        member.process().crash();
        member.connections().forEach(connection -> connection.link().silence());
        members.set(number, newMember());
    }

    private void stop(SimulatedServer server, long duration) {
        server.restart(duration);
        members.stream()
                .flatMap(member -> member.connections().stream())
                .filter(connection -> connection.server() == server)
                .forEach(connection -> connection.link().lose());
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
            world.in(moment, () -> stop(server, end - world.now()));
            moment = end + (sharp ? 0 : world.between(0, 200 * World.MILLIS));
        }
    }

    private void planFaults() {
        plan(faults.breaks(), () -> anyLink().lose());
        plan(faults.silences(), () -> anyLink().silence());
        plan(
                2 * faults.pauses(),
                () -> world.oneOf(members).process().pause(world.between(World.MILLIS, 600 * World.MILLIS)));
    }

    private void plan(int times, Runnable fault) {
        for (int i = 0; i < times; i++) {
            world.in(world.between(0, TROUBLE), fault);
        }
    }

    private Link anyLink() {
        return world.oneOf(world.oneOf(members).connections()).link();
    }

    private void planRequests() {
        int requests = (int) world.between(20, 60);
        for (int i = 0; i < requests; i++) {
            int number = (int) world.between(0, members.size());
            String resource = RESOURCES.get(world.chance(0.7) ? 0 : 1);
            String client = "c" + ++clients;
            world.in(
                    world.between(0, TROUBLE),
                    () -> members.get(number).process().later(() -> ask(members.get(number), resource, client), 0));
        }
    }

    private void ask(QuorumMember member, String resource, String client) {
        LockOptions options = LockOptions.defaults()
                .withLease(Duration.ofMillis(world.oneOf(LEASES)))
                .withAutoRenewal(world.chance(0.7));
        Duration timeout = Duration.ofMillis(world.oneOf(TIMEOUTS));
        world.note(member.process().name(), () -> client + " asks for " + resource + ", " + options + ", " + timeout);
        CompletableFuture<LockHandle> future = member.manager().acquireAsync(resource, client, timeout, options);
        CompletableFuture<?> unused = future.whenComplete((handle, failure) -> {
            if (failure == null) {
                use(member, client, handle);
            } else {
                judge(client, failure);
            }
        });
    }

    private void judge(String client, Throwable failure) {
        boolean allowed = failure instanceof LockTimeoutException
                || failure instanceof CancellationException
                || failure instanceof LockBackendException;
        if (!allowed) {
            observer.violated(client + " failed: " + failure);
        }
    }

    private void use(QuorumMember member, String client, LockHandle handle) {
        world.note(
                member.process().name(),
                () -> client + " has " + handle.resource() + " token " + handle.fencingToken());
        QuorumObserver.Held held = observer.got(member.process(), client, handle);
        member.process()
                .later(
                        () -> {
                            held.releasing();
                            CompletableFuture<?> unused = handle.releaseAsync().exceptionally(failed -> false);
                        },
                        world.between(0, world.chance(0.5) ? 2_000 * World.MILLIS : 100 * World.MILLIS));
    }

    /** The new member votes by now: a newcomer gets what it asks for, though as many others are gone as may be. */
    private void probe() {
        for (int gone = 1; gone <= size - size / 2 - 1; gone++) {
            stop(servers.get((place + gone) % size), FOR_GOOD);
        }
        QuorumMember newcomer = newMember();
        for (String resource : RESOURCES) {
            CompletableFuture<LockHandle> asked = newcomer.manager()
                    .acquireAsync(
                            resource,
                            "newcomer",
                            Duration.ofSeconds(2),
                            LockOptions.defaults().withLease(LONGEST_LEASE));
            world.runUntil(world.now() + 3_000 * World.MILLIS, observer::lookAround);
            if (!asked.isDone() || asked.isCompletedExceptionally()) {
                observer.violated("out of reach though a majority is there: " + resource + " " + asked);
            } else {
                use(newcomer, "newcomer", asked.join());
            }
        }
    }
}
