package io.github.hyperlight4j.codeact;

/**
 * Listener of executions. Each method does nothing by default. Exceptions of a listener are logged and otherwise ignored.
 * Called on the thread that executes the code; executions at the same time mean calls from several threads at once.
 *
 * <p>For the output and the tool calls inside an execution, see {@link io.github.hyperlight4j.RunListener} and
 * {@link io.github.hyperlight4j.ToolInterceptor}, which belong to the {@link io.github.hyperlight4j.SandboxConfig}.
 */
public interface CodeActListener {

    /**
     * Called before code runs, once it is approved.
     *
     * @param execution the execution
     */
    default void executionStarted(Execution execution) {}

    /**
     * Called when code has run, whatever its outcome.
     *
     * @param execution the execution
     * @param result its result
     */
    default void executionEnded(Execution execution, CodeResult result) {}

    /**
     * Called instead of {@link #executionEnded} when the host could not run the code.
     *
     * @param execution the execution
     * @param failure the cause
     */
    default void executionFailed(Execution execution, Throwable failure) {}

    /**
     * Called when code that needed approval did not get it. It is not started then.
     *
     * @param execution the execution that does not take place
     * @param reason the reason, as the model reads it
     */
    default void executionRefused(Execution execution, String reason) {}
}
