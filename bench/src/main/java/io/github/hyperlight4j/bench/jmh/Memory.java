package io.github.hyperlight4j.bench.jmh;

import io.github.hyperlight4j.Sandbox;
import io.github.hyperlight4j.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints what a sandbox takes of the host's memory: at rest, and once it has run. */
public final class Memory {

    private static final int SANDBOXES = 16;

    private Memory() {}

    /**
     * Measures.
     *
     * @param arguments none
     * @throws IOException if the kernel does not tell
     */
    public static void main(String[] arguments) throws IOException {
        List<Sandbox> sandboxes = new ArrayList<>();
        try (Snapshot snapshot = Snapshot.load()) {
            // The first one pays for what all share, and the JVM for what it has not used before.
            make(sandboxes, snapshot, 2);
            sandboxes.forEach(sandbox -> Programs.run(sandbox::run, Programs.SMALL));
            double before = proportionalMebibytes();
            List<Sandbox> measured = new ArrayList<>();
            make(measured, snapshot, SANDBOXES);
            sandboxes.addAll(measured);
            double made = proportionalMebibytes();
            measured.forEach(sandbox -> Programs.run(sandbox::run, Programs.SMALL));
            double run = proportionalMebibytes();
            System.out.printf(
                    Locale.ROOT,
                    "Memory of one of %d sandboxes (PSS): %.2f MiB at rest, %.2f MiB after a run; the process with them:"
                            + " %.0f MiB%n",
                    SANDBOXES,
                    (made - before) / SANDBOXES,
                    (run - before) / SANDBOXES,
                    run);
        } finally {
            sandboxes.forEach(Sandbox::close);
        }
    }

    private static void make(List<Sandbox> sandboxes, Snapshot snapshot, int count) {
        for (int i = 0; i < count; i++) {
            sandboxes.add(Sandbox.builder().snapshot(snapshot).build());
        }
    }

    /**
     * This process's proportional share of memory: pages that several processes have count in part.
     *
     * @throws IOException if the kernel does not tell
     */
    public static double proportionalMebibytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/smaps_rollup")).stream()
                        .filter(line -> line.startsWith("Pss:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                / 1024.0;
    }
}
