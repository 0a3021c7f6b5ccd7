package io.github.hyperlight4j.langchain4j;

import dev.langchain4j.invocation.InvocationContext;
import org.jspecify.annotations.Nullable;

/** The service's call that a thread works for. */
final class Invocations {

    private static final ThreadLocal<@Nullable InvocationContext> CURRENT = new ThreadLocal<>();

    interface Work<R extends @Nullable Object, E extends Throwable> {
        R run() throws E;
    }

    private Invocations() {}

    static @Nullable InvocationContext current() {
        return CURRENT.get();
    }

    static <R extends @Nullable Object, E extends Throwable> R during(
            @Nullable InvocationContext invocation, Work<R, E> work) throws E {
        InvocationContext outer = CURRENT.get();
        CURRENT.set(invocation);
        try {
            return work.run();
        } finally {
            CURRENT.set(outer);
        }
    }
}
