package io.github.hyperlight4j.internal.run;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the runs that a thread works for, to detect re-entrant use of a sandbox, which would deadlock. A tool or listener works
 * for the run that called it and, if that was made by a tool itself, for the runs around it. Abandoned tools work for no
 * later run.
 */
final class ToolScope {

    private static final ThreadLocal<@Nullable ToolScope> CURRENT = new ThreadLocal<>();

    private final @Nullable ToolScope outer;

    /**
     * @param outer the scope of the tool that makes the run, if one does
     */
    ToolScope(@Nullable ToolScope outer) {
        this.outer = outer;
    }

    static @Nullable ToolScope current() {
        return CURRENT.get();
    }

    /** Returns whether the current thread works for the run. */
    @SuppressWarnings("ReferenceEquality") // Identity, not likeness, of runs.
    boolean holdsCurrentThread() {
        for (ToolScope scope = CURRENT.get(); scope != null; scope = scope.outer) {
            if (scope == this) {
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
