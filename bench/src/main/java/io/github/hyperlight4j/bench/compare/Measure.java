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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Measures the steps of {@link Comparison} with this library, in a process of its own. Prints one "NAME VALUE" a line, in
 * ms, MiB or runs/s. The other half is {@code bench/upstream/measure.py}: what one does, the other does, in the same
 * order.
 */
public final class Measure {

    private static final String PROGRAM = "print(1)";
    private static final int RUNS = 20;
    /** Between clean runs: a caller that does something else as well. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final int ROUNDS = 10;
    private static final int TOOL_CALLS = 200;
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
     * @param arguments one of {@code runs}, {@code memory} and {@code throughput}
     * @throws Exception if something fails
     */
    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "runs" -> runs();
            case "memory" -> memory();
            case "throughput" -> throughput();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void runs() throws InterruptedException {
        long begin = System.nanoTime();
        SandboxConfig config = SandboxConfig.builder()
                .tool(Tool.of("add", "Adds.", Numbers.class, numbers -> numbers.a() + numbers.b()))
                .build();
        try (SandboxPool pool = SandboxPool.builder().build()) {
            run(program -> pool.run(program, config), PROGRAM, "1\n");
            report("first_result", milliseconds(begin));
            Instant processStart = ProcessHandle.current().info().startInstant().orElseThrow();
            report("process_to_first_result", (double)
                    Duration.between(processStart, Instant.now()).toMillis());

            for (int i = 0; i < RUNS; i++) {
                Thread.sleep(PAUSE);
                long start = System.nanoTime();
                run(program -> pool.run(program, config), PROGRAM, "1\n");
                report("clean_run", milliseconds(start));
            }
        }
        try (Session session = Session.builder().config(config).build()) {
            run(session::run, PROGRAM, "1\n");
            for (int i = 0; i < RUNS; i++) {
                long start = System.nanoTime();
                run(session::run, PROGRAM, "1\n");
                report("warm_run", milliseconds(start));
            }
            for (int i = 0; i < ROUNDS; i++) {
                long start = System.nanoTime();
                run(session::run, loop("i + 1"), TOOL_CALLS + "\n");
                double empty = milliseconds(start);
                start = System.nanoTime();
                run(session::run, loop("call_tool('add', a=i, b=1)"), TOOL_CALLS + "\n");
                report("tool_call", (milliseconds(start) - empty) / TOOL_CALLS);
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
        run(pool::run, PROGRAM, "1\n");
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

    private static void report(String name, double value) {
        System.out.printf(Locale.ROOT, "%s %.4f%n", name, value);
    }

    private static double milliseconds(long begin) {
        return (System.nanoTime() - begin) / 1e6;
    }
}
