package io.github.hyperlight4j;

/**
 * Runs Python programs. A {@link Sandbox} starts each from the same clean interpreter, a {@link SandboxPool} does so for
 * many callers at once, and a {@link Session} keeps the interpreter between them.
 */
public interface CodeRunner extends AutoCloseable {

    /** Returns the configuration of runs that are given none of their own. */
    SandboxConfig config();

    /**
     * Runs a program to its end, with {@link #config()}.
     *
     * @param code Python; may be empty
     * @return the outcome, with the program's output
     * @see #run(String, SandboxConfig)
     */
    default RunResult run(String code) {
        return run(code, config());
    }

    /**
     * Runs a program to its end, whatever that is: a Python exception, a crash or a reached limit is an {@link Outcome},
     * not an exception. Interrupting the calling thread cancels the run, or the wait for it to begin; the thread is still
     * interrupted afterwards.
     *
     * @param code Python; may be empty
     * @param config the configuration of this run, in place of {@link #config()}
     * @return the outcome, with the program's output
     * @throws InvalidCodeException if the code is larger than its limit, has a NUL character, or is not valid Unicode
     * @throws IllegalStateException if this is closed, or cannot run a program from inside its own run: in a tool or a
     *     listener
     * @throws HyperlightException if the host could not run it
     */
    RunResult run(String code, SandboxConfig config);

    /** Ends the runs that are in progress, as {@link Outcome.Cancelled}, waits for that and frees their memory. Idempotent. */
    @Override
    void close();
}
