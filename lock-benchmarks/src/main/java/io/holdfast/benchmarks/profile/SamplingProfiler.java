package io.holdfast.benchmarks.profile;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.runner.IterationType;

/** Takes a profile of each of JMH's measured iterations. */
public final class SamplingProfiler implements InternalProfiler {
    private @Nullable Sampler sampler;

    /** Made by JMH. */
    public SamplingProfiler() {}

    @Override
    public String getDescription() {
        return "Samples of async-profiler";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        if (iteration.getType() == IterationType.MEASUREMENT) {
            sampler = Sampler.begin(null);
        }
    }

    @Override
    public Collection<ScalarResult> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        if (iteration.getType() == IterationType.MEASUREMENT) {
            Objects.requireNonNull(sampler).end();
        }
        return List.of();
    }
}
