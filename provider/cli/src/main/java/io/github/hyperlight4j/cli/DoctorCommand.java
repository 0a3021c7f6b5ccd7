package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.HostSupport;
import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.Sandbox;
import io.github.hyperlight4j.Snapshot;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The command {@code hyperlight4j doctor}. */
@Command(
        name = "doctor",
        description =
                "Tells what this host can do, and what to do about what it cannot. Exits with 0 if programs run here.",
        footer = {"", "Exit codes: 0 if programs run here, 125 if not."})
final class DoctorCommand implements Callable<Integer> {

    private final PrintStream out;

    DoctorCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        say("java", "%s on %s %s".formatted(Runtime.version(), property("os.name"), property("os.arch")));
        String kvm = System.getenv("HYPERLIGHT4J_KVM");
        if (kvm != null) {
            say("kvm", kvm);
        }
        try {
            return examine() ? ExitCode.OK : ExitCode.SANDBOX_FAILED;
        } catch (HyperlightException e) {
            say("problem", String.valueOf(e.getMessage()));
            return ExitCode.SANDBOX_FAILED;
        }
    }

    private boolean examine() {
        HostSupport support = HostSupport.probe();
        say("hypervisor", support.hypervisor());
        say("micro-VMs", support.isUsable() ? "work" : "do not work: " + support.detail());
        if (!support.isUsable()) {
            support.remedy().ifPresent(remedy -> say("to do", remedy));
            return false;
        }
        long start = System.nanoTime();
        try (Snapshot snapshot = Snapshot.load();
                Sandbox sandbox = Sandbox.builder().snapshot(snapshot).build()) {
            say("snapshot", "ready in " + (System.nanoTime() - start) / 1_000_000 + " ms");
            RunResult result = sandbox.run("import sys; print('Python', sys.version.split()[0])");
            say("program", result.isSuccess() ? result.stdout().strip() + " ran" : "failed: " + result.outcome());
            return result.isSuccess();
        }
    }

    private void say(String subject, String text) {
        out.printf("%-11s %s%n", subject, text);
    }

    private static String property(String name) {
        return System.getProperty(name, "?");
    }
}
