package io.github.hyperlight4j.internal.tool;

import io.github.hyperlight4j.internal.json.JsonException;
import org.jspecify.annotations.Nullable;

/** Arguments that do not fit. The message is a clause: "parameter 'x' must be ...". */
public final class ArgumentException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String problem;

    ArgumentException(String problem) {
        super(problem, null, false, false);
        this.problem = problem;
    }

    ArgumentException(String problem, JsonException reason) {
        super(problem + ": " + reason.getMessage(), reason.getCause(), false, false);
        this.problem = problem;
    }

    /** Returns the message, without what an exception of the application's says that is not visible to programs. */
    String message(Class<? extends Throwable> visible) {
        @Nullable Throwable cause = getCause();
        return cause == null || visible.isInstance(cause) ? String.valueOf(getMessage()) : problem;
    }
}
