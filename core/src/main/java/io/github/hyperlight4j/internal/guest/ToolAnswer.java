package io.github.hyperlight4j.internal.guest;

import java.nio.charset.StandardCharsets;

/**
 * The answer to a {@code call_tool}.
 *
 * @param failed whether the call failed
 * @param utf8 the result as JSON or, when the call failed, a message for the program
 */
@SuppressWarnings("ArrayRecordComponent") // Made here, written to native memory, dropped.
public record ToolAnswer(boolean failed, byte[] utf8) {

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
}
