package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.Snapshot;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code hyperlight4j warm}. */
@Command(
        name = "warm",
        description = {
            "Boots the interpreter and keeps a snapshot of it, unless there is one: programs start faster then, from the"
                    + " first on.",
            "A snapshot is for this native library, this guest image and this kind of processor."
        },
        footer = {"", "Exit codes: 0 if there is a snapshot now, 125 if not."})
final class WarmCommand implements Callable<Integer> {

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description =
                    "Keep it there, for all users, rather than in this user's cache. An image has it in the folder"
                            + " snapshots of the runtime folder, where it is looked for.")
    private @Nullable Path to;

    private final PrintStream out;

    WarmCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        long start = System.nanoTime();
        boolean made = to == null ? Snapshot.warm() : Snapshot.warm(to);
        long millis = (System.nanoTime() - start) / 1_000_000;
        out.println(made ? "snapshot made in " + millis + " ms" : "there is a snapshot already");
        return ExitCode.OK;
    }
}
