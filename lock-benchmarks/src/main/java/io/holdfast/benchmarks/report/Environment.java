package io.holdfast.benchmarks.report;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;

/**
 * Where and how figures were measured; without it they mean nothing.
 *
 * @param cores processors that the JVM may use
 * @param memoryMiB the machine's memory
 * @param system name and architecture of the operating system
 * @param jdk the JVM that ran all that has no other noted
 * @param jdkForVirtualThreads the JVM that ran the scenario of virtual threads
 * @param commit what was measured
 * @param commandLine the arguments of the run
 * @param startedAt when it began, in UTC
 * @param versions of servers and libraries, by name
 * @param loadAtStart how busy the machine was before the run with other things: the load average of a minute
 */
public record Environment(
        int cores,
        long memoryMiB,
        String system,
        String jdk,
        String jdkForVirtualThreads,
        String commit,
        String commandLine,
        String startedAt,
        Map<String, String> versions,
        double loadAtStart) {
    private static final int BYTES_PER_MIB = 1 << 20;

    /**
     * Looks around.
     *
     * @param jdkForVirtualThreads the JVM that runs the scenario of virtual threads
     * @param commit what is measured
     * @param commandLine the arguments of this run
     * @param versions of servers and libraries, by name
     * @return where this process runs
     */
    public static Environment here(
            String jdkForVirtualThreads, String commit, String commandLine, Map<String, String> versions) {
        OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Environment(
                Runtime.getRuntime().availableProcessors(),
                machine.getTotalMemorySize() / BYTES_PER_MIB,
                machine.getName() + " " + machine.getArch(),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                jdkForVirtualThreads,
                commit,
                commandLine,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                versions,
                machine.getSystemLoadAverage());
    }

    /**
     * The same in a line for a person.
     *
     * @return cores, memory, JVM, system
     */
    public String summary() {
        return cores + " cores, " + memoryMiB / 1024 + " GiB, " + jdk + ", " + system + "; load before the run "
                + String.format(Locale.ROOT, "%.1f", loadAtStart);
    }
}
