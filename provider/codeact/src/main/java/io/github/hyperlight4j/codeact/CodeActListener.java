package io.github.hyperlight4j.codeact;

/**
 * Hears of executions and of the tool calls inside them. Each method does nothing by default. What a listener throws is
 * logged and otherwise ignored.
 *
 * <p>The methods about an execution are called on the thread that executes it. Those about a tool call are called on the
 * thread on which the tool runs, right before and right after it: what the first one sets up for that thread holds while
 * the tool runs. Tools that run at the same time, and executions, mean calls from several threads at once.
 */
public interface CodeActListener {

    /**
     * Called before code runs, once it is approved.
     *
     * @param execution the execution
     */
    default void executionStarted(Execution execution) {}

    /**
     * Called when code has run, whatever came of it.
     *
     * @param execution the execution
     * @param result what it left behind
     */
    default void executionEnded(Execution execution, CodeResult result) {}

    /**
     * Called instead of {@link #executionEnded} when the host could not run the code.
     *
     * @param execution the execution
     * @param failure why not
     */
    default void executionFailed(Execution execution, Throwable failure) {}

    /**
     * Called when code that needed approval did not get it. It is not started then.
     *
     * @param execution what would have been executed
     * @param reason why not
     */
    default void executionRefused(Execution execution, String reason) {}

    /**
     * Called before a tool runs.
     *
     * @param call the call
     */
    default void toolCallStarted(ToolCall call) {}

    /**
     * Called when a tool has run.
     *
     * @param call the call
     */
    default void toolCallEnded(ToolCall call) {}

    /**
     * Called instead of {@link #toolCallEnded} when a tool threw.
     *
     * @param call the call
     * @param failure what it threw
     */
    default void toolCallFailed(ToolCall call, Throwable failure) {}
}
