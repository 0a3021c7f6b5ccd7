package io.github.hyperlight4j.internal.guest;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@code call_tool}.
 *
 * @param failed whether the call failed
 * @param utf8 the result as JSON or, when the call failed, a message for the program
 * @param cause the exception of the application, if that failed the call; for the application only
 */
@SuppressWarnings("ArrayRecordComponent") // Made here, written to native memory, dropped.
public record ToolAnswer(
        boolean failed, byte[] utf8, @Nullable Throwable cause) {

    /**
     * Makes an answer without a cause.
     *
     * @param failed whether the call failed
     * @param utf8 the result or message
     */
    public ToolAnswer(boolean failed, byte[] utf8) {
        this(failed, utf8, null);
    }

    public static ToolAnswer result(byte[] json) {
        return new ToolAnswer(false, json);
    }

    /**
     * {@return the answer of a call that failed}
     *
     * @param message a sentence for the program
     */
    public static ToolAnswer failure(String message) {
        return new ToolAnswer(true, message.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * {@return this answer with the exception that failed the call}
     *
     * @param cause the exception, or {@code null} to keep none
     */
    public ToolAnswer withCause(@Nullable Throwable cause) {
        return new ToolAnswer(failed, utf8, cause);
    }
}
