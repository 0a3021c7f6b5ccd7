package io.github.hyperlight4j;

import java.time.Duration;
import java.util.List;

/**
 * Result of a run: its outcome, and its output until then. Immutable and thread-safe.
 *
 * @see CodeRunner#run(String)
 */
public interface RunResult extends AutoCloseable {

    /** Returns the outcome. */
    Outcome outcome();

    /** Returns whether the program ran to its end with exit code 0. */
    default boolean isSuccess() {
        return outcome() instanceof Outcome.Completed completed && completed.exitCode() == 0;
    }

    /**
     * Returns standard output, up to its limit. Bytes that are not UTF-8 are replaced by U+FFFD. Where the limit cut, it
     * ends with a line that says so.
     */
    String stdout();

    /** Returns standard error, as {@link #stdout()}. The traceback of an uncaught exception is not in it. */
    String stderr();

    /**
     * Returns the files in {@code /output} at the end of the run, whatever its outcome; sorted by path, unmodifiable. A
     * file that the program was still writing when it was stopped has what had reached the host by then.
     */
    List<OutputFile> outputFiles();

    /** Returns the wall time from the program's start to its end. */
    Duration duration();

    /** Returns the counts of tool calls, host calls and bytes. */
    RunCounts counts();

    /**
     * Closes all {@linkplain #outputFiles() output files}. Everything else can still be used. Not needed where a program has
     * no large files, or few results are kept: see {@link OutputFile}.
     */
    @Override
    default void close() {
        outputFiles().forEach(OutputFile::close);
    }
}
