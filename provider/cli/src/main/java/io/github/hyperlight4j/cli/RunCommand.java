package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.Sandbox;
import io.github.hyperlight4j.SandboxConfig;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hyperlight4j run}. */
@Command(
        name = "run",
        description = "Runs a program, and exits with its exit code.",
        footer = {
            "",
            "Exit codes: the program's own; 124 if it ran out of time; 125 if the sandbox could not run it;",
            "2 if the command line is wrong, or what it names is not a program.",
            "With --jsonl: 0 if all programs succeeded, 1 if not all did."
        })
final class RunCommand implements Callable<Integer> {

    private static final int MOST_JOBS = 256;

    @ArgGroup(multiplicity = "1")
    private ProgramSource program = new ProgramSource();

    @Option(
            names = "--json",
            description = "Print one JSON object: outcome, exitCode, stdout, stderr, files, durationMs.")
    private boolean json;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description = "Stop the program after this time: 1.5s, 500ms, 2m. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ZERO;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "0",
            description = "With --jsonl, run as many programs at a time. Default: as many as processors.")
    private int jobs;

    private final PrintStream out;
    private final PrintStream err;

    RunCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws BadProgramException {
        if (program.isJsonLines()) {
            return runLines();
        }
        String code = program.read(System.in);
        AtomicReference<@Nullable Sandbox> running = new AtomicReference<>();
        RunListener streams = new RunListener() {
            @Override
            public void onStdout(String text) {
                out.print(text);
                // Nobody reads any more: there is no use in going on.
                Sandbox sandbox = running.get();
                if (out.checkError() && sandbox != null) {
                    sandbox.cancel();
                }
            }

            @Override
            public void onStderr(String text) {
                err.print(text);
                err.flush();
            }
        };
        Limits limits = Limits.builder().wallTime(timeout).build();
        Sandbox.Builder builder = Sandbox.builder().limits(limits);
        if (!json) {
            builder.listener(streams);
        }
        try (Sandbox sandbox = builder.build()) {
            running.set(sandbox);
            return finish(run(sandbox, code));
        }
    }

    private int runLines() throws BadProgramException {
        if (jobs < 0 || jobs > MOST_JOBS) {
            throw new BadProgramException("--jobs must be from 1 to " + MOST_JOBS, null);
        }
        int processors = Runtime.getRuntime().availableProcessors();
        Limits limits = Limits.builder().wallTime(timeout).build();
        SandboxConfig config = SandboxConfig.builder().limits(limits).build();
        return new JsonLines(out, err, jobs == 0 ? Math.min(processors, MOST_JOBS) : jobs, config).run(System.in);
    }

    private static RunResult run(Sandbox sandbox, String code) throws BadProgramException {
        try {
            return sandbox.run(code);
        } catch (IllegalArgumentException e) {
            throw new BadProgramException(String.valueOf(e.getMessage()), e);
        }
    }

    private int finish(RunResult result) {
        int exitCode = exitCode(result.outcome());
        String epilogue = epilogue(result.outcome());
        if (json) {
            out.println(JsonReport.of(result, exitCode, epilogue));
        } else {
            err.print(epilogue);
        }
        return exitCode;
    }

    static int exitCode(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed completed -> completed.exitCode();
            case Outcome.PythonError error -> error.exitCode();
            case Outcome.TimedOut _ -> ExitCode.TIMED_OUT;
            case Outcome.OutOfMemory outOfMemory ->
                outOfMemory.traceback().isEmpty() ? ExitCode.SANDBOX_FAILED : ExitCode.UNCAUGHT_EXCEPTION;
            case Outcome.OutputLimit _ -> ExitCode.SANDBOX_FAILED;
            case Outcome.ToolCallLimit _ -> ExitCode.SANDBOX_FAILED;
            case Outcome.Crashed _ -> ExitCode.SANDBOX_FAILED;
            case Outcome.Cancelled _ -> ExitCode.BROKEN_PIPE;
        };
    }

    /** What standard error ends with: a traceback as Python prints it, or why there is an end at all. */
    static String epilogue(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed _ -> "";
            case Outcome.PythonError error -> line(error.traceback());
            case Outcome.TimedOut timedOut ->
                "hyperlight4j: the program was stopped after " + DurationConverter.format(timedOut.limit()) + "\n";
            case Outcome.OutOfMemory outOfMemory ->
                outOfMemory.traceback().isEmpty()
                        ? "hyperlight4j: the program used up the micro-VM's memory: " + outOfMemory.detail() + "\n"
                        : line(outOfMemory.traceback());
            case Outcome.OutputLimit limit ->
                "hyperlight4j: the program was stopped, for it wrote more than " + limit.limit() + " to "
                        + limit.stream() + "\n";
            case Outcome.ToolCallLimit limit ->
                "hyperlight4j: the program was stopped, for it called tools more than " + limit.limit() + " times\n";
            case Outcome.Crashed crashed ->
                "hyperlight4j: the program crashed the micro-VM: " + crashed.reason() + "\n";
            case Outcome.Cancelled _ -> "";
        };
    }

    private static String line(String text) {
        return text.endsWith("\n") ? text : text + "\n";
    }
}
