package io.github.hyperlight4j;

import java.util.Objects;

/**
 * The context of a run's caller, carried to the threads on which the run's tools are called: a trace, an authenticated
 * user, a logging context.
 *
 * @see SandboxConfig.Builder#toolContext
 */
@FunctionalInterface
public interface ContextSnapshot {

    /**
     * Returns a task that runs the given one in this context. It must run it exactly once, on the thread on which it is
     * run itself, and restore the context of that thread afterwards.
     *
     * @param task a tool call
     * @return the task in this context
     */
    Runnable wrap(Runnable task);

    /** Returns a context that is empty: tasks are run as they are. */
    static ContextSnapshot empty() {
        return task -> task;
    }

    /**
     * Returns this context with another inside it.
     *
     * @param inner the other context
     * @return both
     */
    default ContextSnapshot and(ContextSnapshot inner) {
        Objects.requireNonNull(inner, "The tools' context");
        return task -> wrap(inner.wrap(task));
    }
}
