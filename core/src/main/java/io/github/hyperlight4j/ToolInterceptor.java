package io.github.hyperlight4j;

import org.jspecify.annotations.Nullable;

/**
 * Code around each tool call of a run, on the thread on which the tool runs: to measure, to trace, or to refuse it.
 *
 * {@snippet :
 * ToolInterceptor timed = call -> {
 *     long start = System.nanoTime();
 *     try {
 *         return call.proceed();
 *     } finally {
 *         metrics.record(call.tool().name(), System.nanoTime() - start);
 *     }
 * };
 * SandboxConfig config = SandboxConfig.builder().tools(tools).interceptor(timed).build();
 * }
 *
 * <p>It is called inside the context of the run's caller: that of {@link SandboxConfig.Builder#toolContext} and that of
 * {@link #capture()}. To be notified of output and tool calls without delaying them, use a {@link RunListener}.
 *
 * @see SandboxConfig.Builder#interceptor
 */
@FunctionalInterface
public interface ToolInterceptor {

    /** A call whose arguments fit the tool's schema. */
    interface Call {

        /** Returns the tool. */
        Tool tool();

        /** Returns the arguments. */
        ToolArguments arguments();

        /**
         * Calls the next interceptor or, if this is the last, the tool.
         *
         * @return its result
         * @throws Exception the exception of the tool
         */
        @Nullable
        Object proceed() throws Exception;
    }

    /**
     * Answers a call.
     *
     * @param call the call
     * @return the result; {@code null} is {@code None}
     * @throws Exception to fail the call, as a tool does
     */
    @Nullable
    Object call(Call call) throws Exception;

    /**
     * Captures the context that the calls of a run need. Called on the thread that starts the run, before it starts.
     * Default: no context.
     *
     * @return the context, inside which the run's calls are made
     */
    default ContextSnapshot capture() {
        return ContextSnapshot.empty();
    }
}
