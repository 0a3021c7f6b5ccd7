package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.run.FinishedRun;
import java.time.Duration;
import java.util.List;

/**
 * Result of a run: its outcome, and its output until then. Immutable.
 *
 * @see Sandbox#run(String)
 */
public final class RunResult implements AutoCloseable {

    private final FinishedRun run;
    private final List<OutputFile> outputFiles;

    RunResult(FinishedRun run) {
        this.run = run;
        this.outputFiles = run.output();
    }

    /** Returns the outcome. */
    public Outcome outcome() {
        return run.outcome();
    }

    /** Returns whether the program ran to its end with exit code 0. */
    public boolean isSuccess() {
        return outcome() instanceof Outcome.Completed completed && completed.exitCode() == 0;
    }

    /**
     * {@return standard output, up to its limit; bytes that are not UTF-8 are replaced by U+FFFD}
     * Where the limit cut, it ends with a line that says so.
     */
    public String stdout() {
        return run.stdout().text();
    }

    /**
     * Returns standard error, as {@link #stdout()}. An uncaught exception's traceback is not in it.
     */
    public String stderr() {
        return run.stderr().text();
    }

    /**
     * Returns the files that the program left in {@code /output}, however it ended; sorted by path. A file that it was
     * still writing when it was stopped has what had reached the host by then.
     */
    public List<OutputFile> outputFiles() {
        return outputFiles;
    }

    /** Returns the wall time from the program's start to its end. */
    public Duration duration() {
        return run.duration();
    }

    /** Returns the counts of tool calls, host calls and bytes. */
    public RunCounts counts() {
        return run.counts();
    }

    /**
     * Closes all {@linkplain #outputFiles() output files}. Everything else can still be used. Not needed where a program has
     * no large files, or few results are kept: see {@link OutputFile}.
     */
    @Override
    public void close() {
        outputFiles.forEach(OutputFile::close);
    }

    @Override
    public String toString() {
        return "RunResult[outcome=" + outcome() + ", stdout=" + stdout() + ", stderr=" + stderr() + ", duration="
                + duration() + ", " + counts() + ", outputFiles=" + outputFiles + "]";
    }
}
