package io.holdfast.benchmarks.profile;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The processor time that this JVM has used, all threads together. */
public final class Cpu {
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private Cpu() {}

    /**
     * Reads it.
     *
     * @return nanoseconds since the JVM began
     */
    public static long nanos() {
        return PROCESS.getProcessCpuTime();
    }
}
