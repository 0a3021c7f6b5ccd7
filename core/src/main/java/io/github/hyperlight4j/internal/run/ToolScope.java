package io.github.hyperlight4j.internal.run;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tools and listeners of one run. A thread is in those of the run that called it, and of the runs around that: one
 * whose tool runs another sandbox waits for it. Using the sandbox of such a run would wait for itself. It is the run that
 * counts: what an ended one has left behind is not inside the next.
 */
final class ToolScope {

    private static final ThreadLocal<@Nullable ToolScope> CURRENT = new ThreadLocal<>();

    private final @Nullable ToolScope outer;

    /**
     * @param outer the scope in which the run is, if it is itself run by a tool
     */
    ToolScope(@Nullable ToolScope outer) {
        this.outer = outer;
    }

    static @Nullable ToolScope current() {
        return CURRENT.get();
    }

    /** Whether the current thread is one of the run's. */
    @SuppressWarnings("ReferenceEquality") // Which run it is, not what it is like.
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
