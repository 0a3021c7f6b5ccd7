package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.InvalidCodeException;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.Sandbox;
import io.github.hyperlight4j.SandboxConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hyperlight4j run}. */
@Command(
        name = "run",
        description = "Runs a program, and exits with its exit code.",
        footer = {
            "",
            "Exit codes: the program's own; 124 if it ran out of time; 125 if the sandbox could not run it;",
            "2 if the command line is wrong, or what it names cannot be used.",
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

    @Mixin
    private SandboxOptions options = new SandboxOptions();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Save the files that the program leaves in /output here. What is here already is kept.")
    private @Nullable String output;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "0",
            description = "With --jsonl, run as many programs at a time. Default: as many as processors.")
    private int jobs;

    @Spec
    private @Nullable CommandSpec spec;

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
        OutputFolder folder = output == null ? null : OutputFolder.open(output);
        StreamedOutput streams = new StreamedOutput(out, err);
        SandboxConfig config = config(json ? RunListener.none() : streams);
        try (Sandbox sandbox = Sandbox.builder().config(config).build()) {
            streams.of(sandbox);
            RunResult result = run(sandbox, code);
            if (!json) {
                streams.await();
            }
            return finish(result, folder);
        }
    }

    private SandboxConfig config(RunListener listener) throws BadProgramException {
        SandboxConfig.Builder config = SandboxConfig.builder()
                .limits(Limits.builder().wallTime(timeout).build())
                .listener(listener);
        try {
            return options.configure(config).build();
        } catch (IllegalArgumentException e) { // What was given does not go together.
            throw new BadProgramException(String.valueOf(e.getMessage()), e);
        }
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }

    private int runLines() throws BadProgramException {
        if (jobs < 0 || jobs > MOST_JOBS) {
            throw new ParameterException(commandLine(), "--jobs must be from 1 to " + MOST_JOBS);
        }
        if (output != null) {
            throw new ParameterException(
                    commandLine(), "--output cannot be used with --jsonl: each result has its files in it");
        }
        int processors = Runtime.getRuntime().availableProcessors();
        int atATime = jobs == 0 ? Math.min(processors, MOST_JOBS) : jobs;
        return new JsonLines(out, err, atATime, config(RunListener.none())).run(System.in);
    }

    private static RunResult run(Sandbox sandbox, String code) throws BadProgramException {
        try {
            return sandbox.run(code);
        } catch (InvalidCodeException e) {
            throw new BadProgramException(String.valueOf(e.getMessage()), e);
        }
    }

    private int finish(RunResult result, @Nullable OutputFolder folder) {
        StringBuilder epilogue = new StringBuilder(epilogue(result.outcome()));
        Map<String, Path> saved = new HashMap<>();
        boolean isLost = folder != null && !save(result, folder, saved, epilogue);
        int exitCode = exitCode(result.outcome());
        if (exitCode == ExitCode.OK && isLost) {
            exitCode = ExitCode.SANDBOX_FAILED;
        }
        if (json) {
            out.println(JsonReport.of(result, exitCode, epilogue.toString(), folder == null ? null : saved));
            return exitCode;
        }
        if (folder == null && !result.outputFiles().isEmpty()) {
            epilogue.append("hyperlight4j: files in /output: ")
                    .append(result.outputFiles().size())
                    .append(". They are gone: --output DIR keeps them\n");
        }
        err.print(epilogue);
        return exitCode;
    }

    /** Saves each file that can be saved, and says which cannot. */
    private static boolean save(
            RunResult result, OutputFolder folder, Map<String, Path> saved, StringBuilder problems) {
        for (OutputFile file : result.outputFiles()) {
            try {
                saved.put(file.path(), folder.save(file));
            } catch (IOException e) {
                problems.append("hyperlight4j: ").append(e.getMessage()).append('\n');
            }
        }
        return saved.size() == result.outputFiles().size();
    }

    static int exitCode(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed completed -> completed.exitCode();
            case Outcome.PythonError _ -> ExitCode.UNCAUGHT_EXCEPTION;
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
