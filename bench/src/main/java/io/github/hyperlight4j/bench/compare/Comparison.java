package io.github.hyperlight4j.bench.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures the same steps with this library and with upstream's Python SDK, each in processes of its own, by turns, so
 * that both meet the same machine; prints the medians and their ratios.
 */
public final class Comparison {

    private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
    private static final List<String> PARTS = List.of("first", "first", "first", "runs", "memory", "throughput");

    private Comparison() {}

    /** What one side measured: for each name, what each of its lines says. */
    private static final class Results {

        private final Map<String, List<double[]>> lines = new HashMap<>();

        void add(String[] words) {
            lines.computeIfAbsent(words[0], name -> new ArrayList<>())
                    .add(Arrays.stream(words)
                            .skip(1)
                            .mapToDouble(Double::parseDouble)
                            .toArray());
        }

        double median(String name, int column) {
            return Comparison.median(lines.getOrDefault(name, List.of()).stream()
                    .filter(values -> values.length > column)
                    .map(values -> values[column])
                    .toList());
        }
    }

    /**
     * A line of the result.
     *
     * @param title what a person calls it
     * @param ours what {@link Measure} calls it
     * @param theirs what measure.py calls it; where it tries several ways, the best one counts
     * @param moreIsBetter whether the larger figure is the better one
     * @param target what is to be reached
     */
    private record Step(String title, String ours, List<String> theirs, boolean moreIsBetter, String target) {}

    private static final List<Step> STEPS = List.of(
            new Step("construct to first result, ms", "first_result", List.of("first_result"), false, "10 x"),
            new Step(
                    "process start to first result, ms",
                    "process_to_first_result",
                    List.of("process_to_first_result"),
                    false,
                    ""),
            new Step("clean run as its caller sees it, ms", "clean_run", List.of("clean_run"), false, "10 x"),
            new Step("warm run, ms", "warm_run", List.of("warm_run"), false, ""),
            new Step("tool round trip, ms", "tool_call", List.of("tool_call"), false, "2 x"),
            new Step(
                    "clean runs a second, two callers",
                    "throughput",
                    List.of("throughput_threads", "throughput_processes"),
                    true,
                    "4 x"),
            new Step("a sandbox that has run, MiB (PSS)", "memory", List.of("memory"), false, "<= 6 MiB"));

    /**
     * Compares.
     *
     * @param arguments a Python that has upstream's SDK, and the path of measure.py
     * @throws IOException if a process cannot be run
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> theirCommand = List.of(arguments);
        List<String> ourCommand =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        ourCommand.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        ourCommand.addAll(List.of("-cp", System.getProperty("java.class.path"), Measure.class.getName()));

        // Leaves a snapshot behind, as the first process on a machine does, and an archive of the classes.
        measure(ourCommand, "first", new Results());
        Results ours = new Results();
        Results theirs = new Results();
        for (int round = 1; round <= ROUNDS; round++) {
            for (String part : PARTS) {
                measure(theirCommand, part, theirs);
                measure(ourCommand, part, ours);
            }
            // Each round is minutes in an emulated VM: what there is so far is shown.
            print(round, ours, theirs);
        }
    }

    private static void measure(List<String> command, String part, Results results)
            throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(command);
        whole.add(part);
        Process process = new ProcessBuilder(whole)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                results.add(line.split(" ", -1));
            }
        }
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(
                    Path.of(command.getFirst()).getFileName() + " " + part + " failed with exit code " + status);
        }
    }

    private static void print(int rounds, Results ours, Results theirs) {
        System.out.printf(
                "%n%-40s %10s %10s %9s   %-8s  %15s  %15s%n",
                "medians of round 1 to " + rounds, "upstream", "ours", "ratio", "target", "exits", "page faults");
        for (Step step : STEPS) {
            double our = ours.median(step.ours(), 0);
            double their = step.theirs().stream()
                    .mapToDouble(name -> theirs.median(name, 0))
                    .reduce(step.moreIsBetter() ? Math::max : Math::min)
                    .orElseThrow();
            double ratio = step.moreIsBetter() ? our / their : their / our;
            System.out.printf(
                    Locale.ROOT,
                    "%-40s %10.2f %10.2f %7.1f x   %-8s  %15s  %15s%n",
                    step.title(),
                    their,
                    our,
                    ratio,
                    step.target(),
                    counts(step, ours, theirs, 1),
                    counts(step, ours, theirs, 2));
        }
        System.out.printf(
                Locale.ROOT,
                "%nThe first tool that is declared with a record, not in the above: %.0f ms%n",
                ours.median("first_tool_declared", 0));
    }

    /** What KVM counted, of theirs and of ours, if it tells. */
    private static String counts(Step step, Results ours, Results theirs, int column) {
        double our = ours.median(step.ours(), column);
        double their = theirs.median(step.theirs().getFirst(), column);
        return Double.isNaN(our) || Double.isNaN(their) ? "" : "%.0f / %.0f".formatted(their, our);
    }

    private static double median(List<Double> values) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
