package io.github.hyperlight4j.bench.jmh;

import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.Sandbox;
import io.github.hyperlight4j.Snapshot;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** From {@link Snapshot#load()} to the first result in a new process, once in each. A snapshot of an earlier one is there. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(value = 5, warmups = 1)
public class FirstResult {

    /** For JMH. */
    public FirstResult() {}

    /** Loads, runs and closes. */
    @Benchmark
    public RunResult first() {
        try (Snapshot snapshot = Snapshot.load();
                Sandbox sandbox = Sandbox.builder().snapshot(snapshot).build()) {
            return Programs.run(sandbox::run, Programs.SMALL);
        }
    }
}
