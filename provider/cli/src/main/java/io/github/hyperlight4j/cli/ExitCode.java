package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.Outcome;

/** Exit codes. Those of the program are 0 to 255; the others are the command line's own. */
final class ExitCode {

    static final int OK = 0;
    /** Python's for an uncaught exception. */
    static final int UNCAUGHT_EXCEPTION = 1;

    /** Of several programs, not all succeeded. */
    static final int SOME_FAILED = 1;

    static final int USAGE = 2;
    /** The program succeeded, and a file of it could not be saved. */
    static final int NOT_SAVED = 122;
    /** The program succeeded, and some of its output was cut. */
    static final int CUT = 123;
    /** As of {@code timeout}. */
    static final int TIMED_OUT = 124;
    /** The sandbox could not run the program, or not to its end. */
    static final int SANDBOX_FAILED = 125;
    /** As a shell has it for a command that Ctrl-C ended. */
    static final int INTERRUPTED = 130;
    /** As a shell has it for a command that wrote to a closed pipe. */
    static final int BROKEN_PIPE = 141;

    private ExitCode() {}

    /** Returns the exit code for an outcome: 0 only for a program that ended with 0, whatever a broken guest claims. */
    static int of(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed(int exitCode) -> exitCode == OK ? OK : failure(exitCode);
            case Outcome.PythonError _ -> UNCAUGHT_EXCEPTION;
            case Outcome.TimedOut _ -> TIMED_OUT;
            case Outcome.OutOfMemory outOfMemory ->
                outOfMemory.traceback().isEmpty() ? SANDBOX_FAILED : UNCAUGHT_EXCEPTION;
            case Outcome.OutputLimit _ -> SANDBOX_FAILED;
            case Outcome.ToolCallLimit _ -> SANDBOX_FAILED;
            case Outcome.Crashed _ -> SANDBOX_FAILED;
            case Outcome.Cancelled _ -> BROKEN_PIPE;
        };
    }

    /** An operating system keeps 8 bits of an exit code: 256 would be 0. */
    private static int failure(int exitCode) {
        return exitCode > 0 && exitCode <= 255 ? exitCode : UNCAUGHT_EXCEPTION;
    }
}
