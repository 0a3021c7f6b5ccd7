package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.CodeRunner;
import io.github.hyperlight4j.InvalidCodeException;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.Sandbox;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Session;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;

/** The command {@code hyperlight4j run}. */
@Command(
        name = "run",
        description = {
            "Runs a program, and exits with its exit code.",
            "What comes after -- are the program's arguments, in sys.argv:",
            "    hyperlight4j run program.py -- a b",
        },
        footer = {
            "",
            "Exit codes: the program's own; 124 if it ran out of time; 125 if the sandbox could not run it, or not to its"
                    + " end; 130 if it was interrupted;",
            "if it succeeded: 122 if a file could not be saved, 123 with --fail-if-cut if output was cut;",
            "2 if the command line is wrong, or what it names cannot be used.",
            "With --jsonl: 0 if all programs succeeded, 1 if not all did."
        })
final class RunCommand implements Callable<Integer> {

    private static final int MOST_JOBS = 256;

    @ArgGroup(multiplicity = "1")
    private ProgramSource program = new ProgramSource();

    @Option(
            names = "--json",
            description =
                    "Print one JSON object: outcome, exitCode, error (type, message, traceback, line), stdout, stderr,"
                            + " stdoutCut, stderrCut, files, durationMs.")
    private boolean json;

    @Mixin
    private LimitOptions limits = new LimitOptions();

    @Mixin
    private SandboxOptions options = new SandboxOptions();

    @Option(
            names = "--stdin",
            description =
                    "Give the program standard input, at most 7 MiB, read to its end before. Otherwise its is empty.")
    private boolean stdin;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Save the files that the program leaves in /output here. What is here already is kept.")
    private @Nullable String output;

    @Option(names = "--overwrite", description = "With --output, replace files that are there already.")
    private boolean overwrite;

    @Option(
            names = "--fail-if-cut",
            description = "Exit with 123 if the program succeeded, but a limit cut its output.")
    private boolean failIfCut;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "With --jsonl, run as many programs at a time, 1 to 256. Default: as many as processors.")
    private @Nullable Integer jobs;

    @Spec
    private @Nullable CommandSpec spec;

    private final PrintStream out;
    private final PrintStream err;
    private final List<String> arguments;

    RunCommand(PrintStream out, PrintStream err, List<String> arguments) {
        this.out = out;
        this.err = err;
        this.arguments = arguments;
    }

    @Override
    public Integer call() throws BadProgramException, IOException {
        checkOptions();
        if (program.isJsonLines()) {
            int processors = Runtime.getRuntime().availableProcessors();
            int atATime = jobs == null ? Math.min(processors, MOST_JOBS) : jobs;
            return new JsonLines(out, err, atATime, config(RunListener.none()), failIfCut).run(System.in);
        }
        String code = program.read(System.in);
        ProgramInput input = stdin
                ? ProgramInput.read(ProgramSource.fromArguments(arguments), System.in)
                : ProgramInput.read(ProgramSource.fromArguments(arguments), new ByteArrayInputStream(new byte[0]));
        OutputFolder folder = output == null ? null : OutputFolder.open(output);
        StreamedOutput streams = new StreamedOutput(out, err);
        SandboxConfig config = config(json ? RunListener.none() : streams);
        if (!stdin && arguments.isEmpty()) {
            Sandbox sandbox = Sandbox.of(config);
            return run(sandbox, sandbox::cancel, code, streams, folder);
        }
        Session session = Session.builder().config(config).build();
        RunResult setUp = session.run(
                input.setUp(), config.toBuilder().listener(RunListener.none()).build());
        if (!setUp.isSuccess()) {
            session.close();
            err.println(
                    "hyperlight4j: the program could not be given its input: " + Epilogue.sentence(setUp.outcome()));
            return ExitCode.SANDBOX_FAILED;
        }
        return run(session, session::cancel, code, streams, folder);
    }

    /** Runs the program and saves its files, which a signal makes it do early. Closes the runner. */
    private int run(
            CodeRunner runner, Runnable cancel, String code, StreamedOutput streams, @Nullable OutputFolder folder)
            throws BadProgramException, IOException {
        CountDownLatch finished = new CountDownLatch(1);
        try (CodeRunner _ = runner;
                Interruption interruption = Interruption.handle(() -> {
                    cancel.run();
                    await(finished);
                })) {
            streams.onBrokenPipe(cancel);
            try (RunResult result = run(runner, code)) {
                if (!json) {
                    streams.await();
                }
                return finish(result, runner.config().limits(), folder, interruption);
            }
        } finally {
            finished.countDown();
        }
    }

    private static RunResult run(CodeRunner runner, String code) throws BadProgramException {
        try {
            return runner.run(code);
        } catch (InvalidCodeException e) {
            throw new BadProgramException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Long enough to save what a program has written, and not for ever. */
    private static void await(CountDownLatch finished) {
        try {
            if (!finished.await(10, TimeUnit.SECONDS)) {
                System.err.println("hyperlight4j: the program's files could not be saved in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Refuses options that would have no effect. */
    private void checkOptions() {
        if (jobs != null && (jobs < 1 || jobs > MOST_JOBS)) {
            throw wrong("--jobs must be from 1 to " + MOST_JOBS);
        }
        if (overwrite && output == null) {
            throw wrong("--overwrite needs --output");
        }
        if (!program.isJsonLines()) {
            if (jobs != null) {
                throw wrong("--jobs needs --jsonl");
            }
            if (stdin && program.isStandardInput()) {
                throw wrong("--stdin cannot be used with -: standard input is the program");
            }
            return;
        }
        if (output != null) {
            throw wrong("--output cannot be used with --jsonl: each result has its files in it");
        }
        if (json) {
            throw wrong("--json cannot be used with --jsonl, which prints JSON");
        }
        if (stdin || !arguments.isEmpty()) {
            throw wrong("--stdin and arguments cannot be used with --jsonl: standard input has the programs");
        }
    }

    private ParameterException wrong(String message) {
        CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
        return new ParameterException(commandLine, message);
    }

    private SandboxConfig config(RunListener listener) throws BadProgramException {
        SandboxConfig.Builder config =
                SandboxConfig.builder().limits(limits.limits()).listener(listener);
        try {
            return options.configure(config).build();
        } catch (IllegalArgumentException e) { // What was given does not go together.
            throw new BadProgramException(String.valueOf(e.getMessage()), e);
        }
    }

    private int finish(RunResult result, Limits limits, @Nullable OutputFolder folder, Interruption interruption)
            throws IOException {
        Map<String, Path> saved = new LinkedHashMap<>();
        Map<String, String> unsaved = new LinkedHashMap<>();
        if (folder != null) {
            save(result, folder, saved, unsaved);
        }
        List<String> cuts = Cuts.of(result, limits);
        int exitCode = exitCode(result.outcome(), interruption, !unsaved.isEmpty(), !cuts.isEmpty());
        if (json) {
            try (JsonGenerator report = JsonReport.begin(out)) {
                JsonReport.write(report, result, exitCode, limits, folder == null ? null : saved, unsaved);
                report.writeEndObject();
            }
            out.println();
            return exitCode;
        }
        err.print(exitCode == ExitCode.INTERRUPTED ? "hyperlight4j: interrupted\n" : Epilogue.of(result.outcome()));
        cuts.forEach(cut -> err.println("hyperlight4j: " + cut));
        unsaved.values().forEach(problem -> err.println("hyperlight4j: " + problem));
        if (folder == null && !result.outputFiles().isEmpty()) {
            err.println("hyperlight4j: files in /output: "
                    + result.outputFiles().size() + ". They are gone: --output DIR keeps them");
        }
        return exitCode;
    }

    private int exitCode(Outcome outcome, Interruption interruption, boolean isUnsaved, boolean isCut) {
        if (outcome instanceof Outcome.Cancelled && interruption.happened()) {
            return ExitCode.INTERRUPTED;
        }
        int exitCode = ExitCode.of(outcome);
        if (exitCode != ExitCode.OK) {
            return exitCode;
        }
        return isUnsaved ? ExitCode.NOT_SAVED : isCut && failIfCut ? ExitCode.CUT : ExitCode.OK;
    }

    /** Saves each file that can be saved. */
    private void save(RunResult result, OutputFolder folder, Map<String, Path> saved, Map<String, String> unsaved) {
        for (OutputFile file : result.outputFiles()) {
            try {
                saved.put(file.path(), folder.save(file, overwrite));
            } catch (IOException e) {
                unsaved.put(file.path(), String.valueOf(e.getMessage()));
            }
        }
    }
}
