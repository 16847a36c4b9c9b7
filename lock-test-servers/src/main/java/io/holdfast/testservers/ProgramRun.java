package io.holdfast.testservers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A program that was run to its end.
 *
 * @param command the program and its arguments
 * @param status how it ended; 0 if all went well
 * @param output all that it said
 */
record ProgramRun(List<String> command, int status, String output) {
    private static final Duration TIME_LIMIT = Duration.ofMinutes(5);

    static ProgramRun of(List<String> command) {
        return of(command, Map.of(), Path.of("."));
    }

    /**
     * Runs a program and waits for its end.
     *
     * @param command the program and its arguments
     * @param environment what to add to this JVM's environment
     * @param folder where it runs
     * @return how it went
     * @throws ServerStartException if it can't be run, or takes longer than five minutes
     */
    static ProgramRun of(List<String> command, Map<String, String> environment, Path folder) {
        Path own = Folders.make("run");
        try (ChildProcess process = ChildProcess.start(command, environment, folder, own.resolve("log"))) {
            int status = process.await(TIME_LIMIT);
            return new ProgramRun(command, status, process.output());
        } finally {
            Folders.remove(own);
        }
    }

    boolean succeeded() {
        return status == 0;
    }

    String orThrow() {
        if (!succeeded()) {
            throw new ServerStartException(String.join(" ", command) + " ended with " + status + ":\n" + output);
        }
        return output;
    }
}
