package io.github.hyperlight4j.bench.compare;

import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.Sandbox;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.SandboxPool;
import io.github.hyperlight4j.Session;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.ToolParameter;
import io.github.hyperlight4j.bench.jmh.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures the steps of {@link Comparison} with this library, in a process of its own. Prints one "NAME VALUE" a line, in
 * ms, MiB or runs/s, and for some steps "NAME VALUE EXITS FAULTS" where KVM tells what it counted meanwhile. The other
 * half is {@code bench/upstream/measure.py}: what one does, the other does, in the same order.
 */
public final class Measure {

    private static final String PROGRAM = "print(1)";
    /** Runs that are not measured: a service has run before. Java compiles what it runs often. */
    private static final int WARM_UP = 200;

    private static final int RUNS = 20;
    /** Between clean runs: a caller that does something else as well. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final int TOOL_CALLS = 200;
    /** Of tool calls. */
    private static final int WARM_UP_ROUNDS = 40;

    private static final int ROUNDS = 10;
    private static final int SANDBOXES = 3;
    private static final double SECONDS = 5;
    /** As many as processors. */
    private static final int CALLERS = 2;

    private Measure() {}

    /** What the tool takes. */
    record Numbers(
            @ToolParameter(defaultValue = "0") long a,
            @ToolParameter(defaultValue = "0") long b) {}

    /**
     * Measures.
     *
     * @param arguments one of {@code first}, {@code runs}, {@code memory} and {@code throughput}
     * @throws Exception if something fails
     */
    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "first" -> first();
            case "runs" -> runs();
            case "memory" -> memory();
            case "throughput" -> throughput();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void first() {
        Step first = new Step();
        try (SandboxPool pool = SandboxPool.builder().build()) {
            run(pool::run, PROGRAM, "1\n");
            report("first_result", first.end());
            Instant processStart = ProcessHandle.current().info().startInstant().orElseThrow();
            report("process_to_first_result", (double)
                    Duration.between(processStart, Instant.now()).toMillis());
            Step declaration = new Step();
            SandboxConfig _ = withTool();
            report("first_tool_declared", declaration.end());
        }
    }

    private static SandboxConfig withTool() {
        return SandboxConfig.builder()
                .tool(Tool.of("add", "Adds.", Numbers.class, numbers -> numbers.a() + numbers.b()))
                .build();
    }

    private static void runs() throws InterruptedException {
        SandboxConfig config = withTool();
        try (SandboxPool pool = SandboxPool.builder().build()) {
            cleanRuns(program -> pool.run(program, config));
            try (Session session = Session.builder().config(config).build()) {
                warmRuns(session);
                toolCalls(session);
            }
        }
    }

    private static void cleanRuns(Function<String, RunResult> runner) throws InterruptedException {
        for (int i = 0; i < WARM_UP; i++) {
            run(runner, PROGRAM, "1\n");
        }
        for (int i = 0; i < RUNS; i++) {
            Thread.sleep(PAUSE);
            Step step = new Step();
            run(runner, PROGRAM, "1\n");
            report("clean_run", step.end());
        }
    }

    private static void warmRuns(Session session) {
        for (int i = 0; i < WARM_UP; i++) {
            run(session::run, PROGRAM, "1\n");
        }
        for (int i = 0; i < RUNS; i++) {
            Step step = new Step();
            run(session::run, PROGRAM, "1\n");
            report("warm_run", step.end());
        }
    }

    private static void toolCalls(Session session) {
        for (int i = 0; i < WARM_UP_ROUNDS + ROUNDS; i++) {
            Step step = new Step();
            run(session::run, loop("i + 1"), TOOL_CALLS + "\n");
            double[] empty = step.end();
            step = new Step();
            run(session::run, loop("call_tool('add', a=i, b=1)"), TOOL_CALLS + "\n");
            double[] whole = step.end();
            if (i >= WARM_UP_ROUNDS) {
                report(
                        "tool_call",
                        IntStream.range(0, whole.length)
                                .mapToDouble(value -> (whole[value] - empty[value]) / TOOL_CALLS)
                                .toArray());
            }
        }
    }

    private static String loop(String call) {
        return "n = 0\nfor i in range(%d): n = %s\nprint(n)".formatted(TOOL_CALLS, call);
    }

    /** What one more sandbox takes that has run, been restored and run again. */
    private static void memory() throws IOException {
        List<Sandbox> kept = new ArrayList<>();
        for (int number = 0; number <= SANDBOXES; number++) {
            double before = Memory.proportionalMebibytes();
            Sandbox sandbox = Sandbox.builder().build();
            kept.add(sandbox);
            run(sandbox::run, PROGRAM, "1\n");
            run(sandbox::run, PROGRAM, "1\n");
            if (number > 0) { // The first one pays for what all share.
                report("memory", Memory.proportionalMebibytes() - before);
            }
        }
        kept.forEach(Sandbox::close);
    }

    /** Clean runs on two processors. */
    private static void throughput() throws InterruptedException, ExecutionException {
        CyclicBarrier barrier = new CyclicBarrier(CALLERS);
        try (SandboxPool pool = SandboxPool.builder().min(2 * CALLERS).build();
                ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<Double>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(threads.submit(() -> cleanRunsPerSecond(pool, barrier)));
            }
            double sum = 0;
            for (Future<Double> caller : callers) {
                sum += caller.get();
            }
            report("throughput", sum);
        }
    }

    private static double cleanRunsPerSecond(SandboxPool pool, CyclicBarrier barrier)
            throws InterruptedException, BrokenBarrierException {
        for (int i = 0; i < WARM_UP / 2; i++) {
            run(pool::run, PROGRAM, "1\n");
        }
        barrier.await();
        long begin = System.nanoTime();
        int count = 0;
        while (milliseconds(begin) < SECONDS * 1e3) {
            run(pool::run, PROGRAM, "1\n");
            count++;
        }
        return count / (milliseconds(begin) / 1e3);
    }

    private static void run(Function<String, RunResult> runner, String program, String expected) {
        RunResult result = runner.apply(program);
        if (!result.isSuccess() || !result.stdout().equals(expected)) {
            throw new IllegalStateException("The program failed: " + result);
        }
    }

    private static void report(String name, double... values) {
        System.out.println(Arrays.stream(values)
                .mapToObj(value -> "%.4f".formatted(value))
                .collect(Collectors.joining(" ", name + " ", "")));
    }

    /** The time that a step takes, and what KVM counts meanwhile: on the whole machine, so nothing else may run in it. */
    private static final class Step {

        private static final List<Path> COUNTERS = Stream.of("exits", "pf_taken")
                .map(Path.of("/sys/kernel/debug/kvm")::resolve)
                .toList();

        private final long[] before = counts();
        private final long begin = System.nanoTime();

        /** Milliseconds and, where KVM tells, exits of virtual processors and page faults in their memory. */
        double[] end() {
            double took = milliseconds(begin);
            long[] after = counts();
            return DoubleStream.concat(
                            DoubleStream.of(took),
                            IntStream.range(0, after.length).mapToDouble(counter -> after[counter] - before[counter]))
                    .toArray();
        }

        private static long[] counts() {
            try {
                long[] counts = new long[COUNTERS.size()];
                for (int i = 0; i < counts.length; i++) {
                    counts[i] = Long.parseLong(Files.readString(COUNTERS.get(i)).strip());
                }
                return counts;
            } catch (IOException e) {
                return new long[0]; // For root only, and where debugfs is mounted.
            }
        }
    }

    private static double milliseconds(long begin) {
        return (System.nanoTime() - begin) / 1e6;
    }
}
