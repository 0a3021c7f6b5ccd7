package io.github.hyperlight4j.cli;

/** Exit codes of the command line's own. Otherwise it is the program's. */
final class ExitCode {

    static final int OK = 0;
    /** As Python has it. */
    static final int UNCAUGHT_EXCEPTION = 1;

    /** Of several programs, not all succeeded. */
    static final int SOME_FAILED = 1;

    static final int USAGE = 2;
    /** As {@code timeout} has it. */
    static final int TIMED_OUT = 124;
    /** The sandbox could not run the program, or not to its end. */
    static final int SANDBOX_FAILED = 125;
    /** What a shell says of a program that wrote to a closed pipe. */
    static final int BROKEN_PIPE = 141;

    private ExitCode() {}
}
