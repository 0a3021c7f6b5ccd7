package io.github.hyperlight4j.bench.compare;

import io.github.hyperlight4j.Guest;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.Sandbox;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.ToolParameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private static final int TOOL_CALLS = 200;
    private static final int SANDBOXES = 3;
    private static final double SECONDS = 5;

    private Measure() {}

    /** What the tool takes. */
    record Numbers(@ToolParameter(defaultValue = "0") long a, @ToolParameter(defaultValue = "0") long b) {}

    /**
     * Measures.
     *
     * @param arguments one of {@code runs}, {@code memory} and {@code throughput}
     * @throws Exception if something fails
     */
    public static void main(String[] arguments) throws Exception {
        long begin = System.nanoTime();
        switch (arguments[0]) {
            case "runs" -> runs(begin);
            case "memory" -> memory();
            case "throughput" -> throughput();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void runs(long begin) throws InterruptedException {
        Tool add = Tool.of("add", "Adds.", Numbers.class, numbers -> numbers.a() + numbers.b());
        try (Guest guest = Guest.load();
                Sandbox sandbox = Sandbox.builder().guest(guest).tool(add).build()) {
            run(sandbox, PROGRAM, "1\n");
            report("first_result", milliseconds(begin));
            Instant processStart = ProcessHandle.current().info().startInstant().orElseThrow();
            report("process_to_first_result", Duration.between(processStart, Instant.now()).toMillis());

            for (int i = 0; i < RUNS; i++) {
                Thread.sleep(PAUSE);
                long start = System.nanoTime();
                run(sandbox, PROGRAM, "1\n");
                report("clean_run", milliseconds(start));
            }
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                run(sandbox, loop("i + 1"), TOOL_CALLS + "\n");
                double empty = milliseconds(start);
                start = System.nanoTime();
                run(sandbox, loop("call_tool('add', a=i, b=1)"), TOOL_CALLS + "\n");
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
        try (Guest guest = Guest.load()) {
            for (int number = 0; number <= SANDBOXES; number++) {
                double before = pss();
                Sandbox sandbox = Sandbox.builder().guest(guest).build();
                kept.add(sandbox);
                run(sandbox, PROGRAM, "1\n");
                run(sandbox, PROGRAM, "1\n");
                if (number > 0) { // The first one pays for what all share.
                    report("memory", pss() - before);
                }
            }
        }
        kept.forEach(Sandbox::close);
    }

    /** Clean runs on two processors. */
    private static void throughput() throws InterruptedException, ExecutionException {
        CyclicBarrier barrier = new CyclicBarrier(2);
        try (Guest guest = Guest.load();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Double>> done = List.of(
                    threads.submit(() -> loop(guest, barrier)), threads.submit(() -> loop(guest, barrier)));
            report("throughput", done.get(0).get() + done.get(1).get());
        }
    }

    /** Clean runs a second. */
    private static double loop(Guest guest, CyclicBarrier barrier) throws InterruptedException, BrokenBarrierException {
        try (Sandbox sandbox = Sandbox.builder().guest(guest).build()) {
            run(sandbox, PROGRAM, "1\n");
            barrier.await();
            long begin = System.nanoTime();
            int count = 0;
            while (milliseconds(begin) < SECONDS * 1e3) {
                run(sandbox, PROGRAM, "1\n");
                count++;
            }
            return count / (milliseconds(begin) / 1e3);
        }
    }

    private static void run(Sandbox sandbox, String program, String expected) {
        RunResult result = sandbox.run(program);
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

    /** This process's proportional share of memory, in MiB. */
    private static double pss() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/smaps_rollup")).stream()
                        .filter(line -> line.startsWith("Pss:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                / 1024.0;
    }
}
