package io.github.hyperlight4j.langchain4j;

import dev.langchain4j.invocation.InvocationContext;
import io.github.hyperlight4j.ContextSnapshot;
import org.jspecify.annotations.Nullable;

/** The invocation of a service that the current thread works for. */
final class Invocations {

    private static final ThreadLocal<@Nullable InvocationContext> CURRENT = new ThreadLocal<>();

    interface Work<R extends @Nullable Object, E extends Throwable> {
        R run() throws E;
    }

    private Invocations() {}

    static @Nullable InvocationContext current() {
        return CURRENT.get();
    }

    /** Captures the current thread's invocation for the tools of a run. */
    static ContextSnapshot capture() {
        InvocationContext invocation = CURRENT.get();
        return task -> () -> during(invocation, () -> {
            task.run();
            return null;
        });
    }

    static <R extends @Nullable Object, E extends Throwable> R during(
            @Nullable InvocationContext invocation, Work<R, E> work) throws E {
        InvocationContext outer = CURRENT.get();
        CURRENT.set(invocation);
        try {
            return work.run();
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }
}
