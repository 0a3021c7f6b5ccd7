package io.github.hyperlight4j.bench.jmh;

import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Session;
import io.github.hyperlight4j.Tool;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One {@code call_tool}, from Python and back, by the size of its argument. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ToolCalls {

    private static final int CALLS = 50;

    /** How many bytes the argument has; as many come back. */
    @Param({"1", "1000", "100000", "1000000"})
    public int bytes;

    private final Tool echo = Tool.of("echo", "Gives back its text.", Text.class, Text::text);
    private final Session session =
            Session.builder().config(SandboxConfig.builder().tool(echo).build()).build();

    /** What the tool takes. */
    record Text(String text) {}

    /** For JMH. */
    public ToolCalls() {}

    /** Makes the argument. */
    @Setup
    public void argument() {
        Programs.run(session::run, "text = 'x' * " + bytes);
    }

    /** Calls the tool so many times in one run. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public RunResult call() {
        return Programs.run(session::run, "for _ in range(" + CALLS + "): call_tool('echo', text=text)");
    }

    /** Ends the session. */
    @TearDown
    public void close() {
        session.close();
    }
}
