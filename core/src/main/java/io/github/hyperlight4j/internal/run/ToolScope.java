package io.github.hyperlight4j.internal.run;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sandboxes in whose tools or listeners a thread is: the one that called it, and those that called the tool that runs that.
 * Using one of them would wait for itself.
 *
 * @param sandbox the sandbox whose tool this is
 * @param outer the scope in which that sandbox runs, if it is itself run by a tool
 */
record ToolScope(Object sandbox, @Nullable ToolScope outer) {

    private static final ThreadLocal<@Nullable ToolScope> CURRENT = new ThreadLocal<>();

    static @Nullable ToolScope current() {
        return CURRENT.get();
    }

    @SuppressWarnings("ReferenceEquality") // Which sandbox it is, not what it is like.
    static boolean isInside(Object sandbox) {
        for (ToolScope scope = CURRENT.get(); scope != null; scope = scope.outer) {
            if (scope.sandbox == sandbox) {
                return true;
            }
        }
        return false;
    }

    /** Runs a listener. */
    void run(Runnable listener) {
        call(() -> {
            listener.run();
            return this;
        });
    }

    <T> T call(Supplier<T> tool) {
        ToolScope before = CURRENT.get();
        CURRENT.set(this);
        try {
            return tool.get();
        } finally {
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
        }
    }
}
