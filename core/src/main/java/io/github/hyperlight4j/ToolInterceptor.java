package io.github.hyperlight4j;

import org.jspecify.annotations.Nullable;

/**
 * Is called in place of a tool, on the thread on which that would run, and decides when to call it: to measure it, to
 * trace it, or to refuse it.
 *
 * {@snippet :
 * Tool timed = tool.intercepted(call -> {
 *     long start = System.nanoTime();
 *     try {
 *         return call.proceed();
 *     } finally {
 *         metrics.record(call.tool().name(), System.nanoTime() - start);
 *     }
 * });
 * }
 *
 * <p>It belongs to a tool, and knows the call. What belongs to a run's caller, such as a trace or an authenticated user,
 * gets to all tools of the run by {@link SandboxConfig.Builder#toolContext}, inside which this is called.
 *
 * @see Tool#intercepted(ToolInterceptor)
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
         * Calls the tool, or the interceptor that was there before.
         *
         * @return its result
         * @throws Throwable what it throws
         */
        @Nullable
        Object proceed() throws Throwable;
    }

    /**
     * Answers a call.
     *
     * @param call the call
     * @return the result; {@code null} is {@code None}
     * @throws Throwable to fail the call, as a tool does
     */
    @Nullable
    Object call(Call call) throws Throwable;
}
