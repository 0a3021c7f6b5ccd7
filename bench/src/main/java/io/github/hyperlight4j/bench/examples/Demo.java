package io.github.hyperlight4j.bench.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.Sandbox;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Snapshot;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.Tools;
import io.github.hyperlight4j.bench.orders.GrandTotal;
import io.github.hyperlight4j.bench.orders.Shop;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/**
 * The main job: Java registers tools over a data file, a Python program computes grand totals through {@code call_tool}
 * in a micro-VM, and Java checks and prints them.
 */
public final class Demo {

    private Demo() {}

    /**
     * Runs the demo. Exits with 0 if the totals are right, 1 if they are not, 125 if the program could not be run.
     *
     * @param arguments none
     * @throws IOException if a file of its own is missing
     */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        try {
            System.exit(run(out) ? 0 : 1);
        } catch (HyperlightException e) {
            System.err.println("demo: " + e.getMessage());
            System.exit(125);
        }
    }

    /** Runs the demo; returns whether the totals are right. */
    static boolean run(PrintStream out) throws IOException {
        Shop shop = Shop.load();
        List<Tool> tools = Tools.of(shop);
        long start = System.nanoTime();
        try (Snapshot snapshot = Snapshot.load();
                Sandbox sandbox = Sandbox.builder()
                        .snapshot(snapshot)
                        .config(SandboxConfig.of(tools))
                        .build()) {
            long bootMillis = (System.nanoTime() - start) / 1_000_000;
            RunResult result = sandbox.run(GrandTotal.program());
            if (!result.isSuccess()) {
                out.println("The program failed: " + result);
                return false;
            }
            boolean right = report(out, shop, result);
            out.printf(
                    Locale.ROOT,
                    "%d tool calls from one Python program; %d ms in the micro-VM, after %d ms to start it; %s.%n",
                    result.counts().toolCalls(),
                    result.duration().toMillis(),
                    bootMillis,
                    where());
            return right;
        }
    }

    private static boolean report(PrintStream out, Shop shop, RunResult result) {
        List<GrandTotal> computed = Arrays.asList(JsonMapper.shared().readValue(result.stdout(), GrandTotal[].class));
        out.printf("%-22s %6s %14s%n", "user", "orders", "grand total");
        for (GrandTotal total : computed) {
            out.printf("%-22s %6d %14s%n", total.name(), total.orders(), amount(total.total_cents()));
        }
        boolean right = computed.equals(GrandTotal.compute(shop));
        out.printf(
                "%-22s %6d %14s   %s%n",
                "all",
                computed.stream().mapToInt(GrandTotal::orders).sum(),
                amount(computed.stream().mapToLong(GrandTotal::total_cents).sum()),
                right ? "as computed in Java" : "NOT as computed in Java");
        return right;
    }

    private static String amount(long cents) {
        return String.format(Locale.ROOT, "%,.2f", BigDecimal.valueOf(cents, 2));
    }

    /** scripts/with-kvm says which of the two it uses. */
    private static String where() {
        return switch (System.getenv().getOrDefault("HYPERLIGHT4J_KVM", "unknown")) {
            case "real" -> "on this machine's KVM";
            case "emulated" -> "on KVM in an emulated VM, which is many times slower than a real one";
            default -> "on a hypervisor of this machine";
        };
    }
}
