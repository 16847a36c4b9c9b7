package io.holdfast.conformance.history;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The main class of a JVM that hammers and keeps a journal in a file. Started by {@link HammerFleet}. */
final class HammerProcess {
    private HammerProcess() {}

    static List<String> arguments(
            String name, Class<? extends Connector> connector, String address, HammerPlan plan, Path journal) {
        List<String> arguments = new ArrayList<>();
        arguments.add(HammerProcess.class.getName());
        arguments.add(name);
        arguments.add(connector.getName());
        arguments.add(address);
        arguments.add(journal.toString());
        arguments.add(Integer.toString(plan.connections()));
        arguments.add(Integer.toString(plan.threads()));
        arguments.add(Integer.toString(plan.resources()));
        arguments.add(plan.lease().toString());
        arguments.add(plan.duration().toString());
        arguments.add(Long.toString(plan.seed()));
        return arguments;
    }

    /**
     * Hammers.
     *
     * @param arguments as {@link #arguments} makes them
     */
    public static void main(String[] arguments) throws IOException, ReflectiveOperationException, InterruptedException {
        Connector connector = Class.forName(arguments[1])
                .asSubclass(Connector.class)
                .getDeclaredConstructor()
                .newInstance();
        HammerPlan plan = new HammerPlan(
                Integer.parseInt(arguments[4]),
                Integer.parseInt(arguments[5]),
                Integer.parseInt(arguments[6]),
                Duration.parse(arguments[7]),
                Duration.parse(arguments[8]),
                0,
                Long.parseLong(arguments[9]));
        // Each line goes to the system at once, so that it is there when this process is killed.
        try (PrintWriter journal =
                new PrintWriter(Files.newBufferedWriter(Path.of(arguments[3]), StandardCharsets.UTF_8), true)) {
            List<Call> unused =
                    new Hammer(arguments[0], () -> connector.connect(arguments[2]), plan, journal::println).run();
        }
    }
}
