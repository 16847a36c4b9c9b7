package io.holdfast.conformance.simulation;

import io.holdfast.LockBackendException;
import io.holdfast.LockHandle;
import io.holdfast.LockInfo;
import io.holdfast.LockOptions;
import io.holdfast.LockTimeoutException;
import io.holdfast.conformance.simulation.MovingMember.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
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

    private static final List<Integer> LEASES = List.of(60, 200, 600, 1_000);
    private static final List<Integer> TIMEOUTS = List.of(0, 50, 500, 3_000);
    private static final long REPLACED_BY = 1_500 * World.MILLIS;
    private static final long WAIT_FROM = 3_000 * World.MILLIS;
    /** Ten seconds, as documented, of which here is the part that matters: the longest lease, and some times of levelling. */
    private static final long WAIT = 5_000 * World.MILLIS;

    private final MovingBug bug;
    private final World world;
    private final QuorumObserver observer;
    private final Faults faults;
    private final Network network;
    private final Map<String, SimulatedServer> servers = new TreeMap<>();
    private final List<MovingMember> members = new ArrayList<>();
    private final Set<String> orphans = new HashSet<>();
    private final long newFrom;
    private final long trouble;
    private Step step = Step.OLD;
    private int processes;
    private int clients;
    private int unanswered;

    private MovingSimulation(long seed, MovingBug bug, boolean traced) {
        this.bug = bug;
        this.world = new World(seed, traced);
        this.observer = new QuorumObserver(world, RESOURCES);
        this.faults = Faults.choose(world);
        this.network = new Network(world, faults);
        this.newFrom = bug == MovingBug.NOT_WAITED ? REPLACED_BY + World.MILLIS : WAIT_FROM + WAIT;
        this.trouble = newFrom + 2_500 * World.MILLIS;
        for (String shard : List.of("a", "b", "c")) {
            SimulatedServer server = new SimulatedServer(world, observer.ofOneServer(), Bug.NONE, drift());
            // Who has served for long has given more tokens.
            server.raiseFloor(world.between(1, 100), server.memory().incarnation());
            servers.put(shard, server);
        }
    }

    private static String resource(String from, String to) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "r" + i)
                .filter(name -> MovingMember.OLD.shardOf(name).equals(from))
                .filter(name -> MovingMember.NEW.shardOf(name).equals(to))
                .findFirst()
                .orElseThrow();
    }

    static Simulation.Result run(long seed, MovingBug bug) {
        return new MovingSimulation(seed, bug, false).run();
    }

    static Simulation.Result trace(long seed, MovingBug bug) {
        return new MovingSimulation(seed, bug, true).run();
    }

    private Simulation.Result run() {
        world.note("seed", () -> faults + " " + RESOURCES);
        try {
            int size = (int) world.between(2, 5);
            for (int i = 0; i < size; i++) {
                members.add(newMember());
            }
            planRequests();
            planFaults(0, WAIT_FROM - 500 * World.MILLIS);
            planFaults(newFrom, trouble - 500 * World.MILLIS);
            planSteps();
            world.runUntil(WAIT_FROM, observer::lookAround);
            network.heal();
            world.runUntil(trouble + 10_000 * World.MILLIS, observer::lookAround);
            lookBack();
        } catch (RuntimeException thrown) {
            observer.violated("thrown: " + thrown);
        }
        return new Simulation.Result(observer.violations(), world.trace());
    }

    private long drift() {
        return faults.drift() == 0 ? 0 : world.between(-faults.drift(), faults.drift() + 1);
    }

    private MovingMember newMember() {
        SimulatedProcess process = new SimulatedProcess(world, "p" + ++processes, drift());
        world.note(process.name(), () -> "begins, " + step);
        return new MovingMember(process, network, servers, observer, step, bug);
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
        for (int i = left; i < members.size(); i++) {
            int place = i;
            world.in(world.between(from, to), () -> replace(place));
        }
        if (next == Step.NEW && bug == MovingBug.OLD_PROCESS_LEFT) {
            return;
        }
        world.in(to, () -> world.note("seed", () -> "all are " + next));
    }

    private void replace(int place) {
        MovingMember member = members.get(place);
        orphans.addAll(member.clients());
        member.crash();
        members.set(place, newMember());
    }

    private void planRequests() {
        int resources = (int) world.between(1, RESOURCES.size() + 1);
        int first = (int) world.between(0, RESOURCES.size());
        int requests = (int) world.between(10, 60);
        for (int i = 0; i < requests; i++) {
            int place = (int) world.between(0, members.size());
            String resource = RESOURCES.get((first + (int) world.between(0, resources)) % RESOURCES.size());
            String client = world.chance(0.9) ? "c" + ++clients : "p" + place + "-worker";
            // Most come while processes are replaced.
            long moment = world.chance(0.2)
                    ? world.between(WAIT_FROM, newFrom + 1)
                    : world.between(0, WAIT_FROM) + (world.chance(0.5) ? newFrom : 0);
            world.in(moment, () -> ask(members.get(place), resource, client));
        }
    }

    private void ask(MovingMember member, String resource, String client) {
        LockOptions options = LockOptions.defaults()
                .withLease(Duration.ofMillis(world.oneOf(LEASES)))
                .withAutoRenewal(world.chance(0.7));
        Duration timeout = Duration.ofMillis(world.oneOf(TIMEOUTS));
        member.process().later(() -> ask(member, resource, client, options, timeout), 0);
    }

    private void ask(MovingMember member, String resource, String client, LockOptions options, Duration timeout) {
        world.note(member.process().name(), () -> client + " asks for " + resource + ", " + options + ", " + timeout);
        member.clients().add(client);
        unanswered++;
        CompletableFuture<LockHandle> future = member.manager().acquireAsync(resource, client, timeout, options);
        CompletableFuture<?> unused = future.whenComplete((handle, failure) -> {
            unanswered--;
            if (failure == null) {
                use(member, client, handle);
            } else {
                judge(client, failure);
            }
        });
        if (world.chance(0.2)) {
            member.process().later(() -> future.cancel(true), world.between(0, 1 + timeout.toNanos()));
        }
    }

    private void judge(String client, Throwable failure) {
        boolean allowed = failure instanceof LockTimeoutException
                || failure instanceof CancellationException
                || (failure instanceof LockBackendException && !faults.isCalm());
        if (!allowed) {
            observer.violated(client + " failed though nothing is wrong: " + failure);
        }
    }

    private void use(MovingMember member, String client, LockHandle handle) {
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
                        world.between(0, world.chance(0.5) ? 2_500 * World.MILLIS : 100 * World.MILLIS));
    }

    private void planFaults(long from, long to) {
        plan(faults.breaks(), from, to, () -> anyLink().lose());
        plan(faults.silences(), from, to, () -> anyLink().silence());
        plan(
                2 * faults.pauses(),
                from,
                to,
                () -> world.oneOf(members).process().pause(world.between(World.MILLIS, 600 * World.MILLIS)));
        plan(faults.crashes(), from, to, () -> replaceByTheSame((int) world.between(0, members.size())));
        plan(faults.restarts(), from, to, this::restartOne);
    }

    private void plan(int times, long from, long to, Runnable fault) {
        for (int i = 0; i < times; i++) {
            world.in(world.between(from, to), fault);
        }
    }

    private Link anyLink() {
        return world.oneOf(world.oneOf(members).connections()).link();
    }

    /** One that dies comes back with the configuration that is deployed by then. */
    private void replaceByTheSame(int place) {
        boolean kept = bug == MovingBug.OLD_PROCESS_LEFT && place == 0;
        if (!kept) {
            replace(place);
        }
    }

    private void restartOne() {
        SimulatedServer server = world.oneOf(List.copyOf(servers.values()));
        server.restart(world.between(World.MILLIS, 500 * World.MILLIS));
        members.stream()
                .flatMap(member -> member.connections().stream())
                .filter(connection -> connection.server() == server)
                .forEach(connection -> connection.link().lose());
    }

    private void lookBack() {
        if (unanswered > 0 && orphans.isEmpty()) {
            observer.violated(unanswered + " requests have no answer");
        }
        for (SimulatedServer server : servers.values()) {
            for (String resource : RESOURCES) {
                server.inspect(resource)
                        .map(LockInfo::client)
                        .filter(client -> !orphans.contains(client))
                        .ifPresent(client -> observer.violated("left behind: " + resource + " by " + client));
            }
        }
        step = Step.NEW;
        MovingMember newcomer = newMember();
        for (String resource : RESOURCES) {
            CompletableFuture<LockHandle> asked = newcomer.manager()
                    .acquireAsync(resource, "newcomer", Duration.ofSeconds(2), LockOptions.defaults());
            world.runUntil(world.now() + 3_000 * World.MILLIS, observer::lookAround);
            if (!asked.isDone() || asked.isCompletedExceptionally()) {
                observer.violated("out of reach though all is well: " + resource + " " + asked);
            } else {
                use(newcomer, "newcomer", asked.join());
            }
        }
    }
}
