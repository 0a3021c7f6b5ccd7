package io.github.hyperlight4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.internal.guest.ToolAnswer;

/** Calls tools as the guest does. */
final class ToolCaller {

    private ToolCaller() {}

    /** Returns the result as JSON or, when the call failed, the message after an exclamation mark. */
    static String call(Tool tool, String arguments) {
        ToolAnswer answer = tool.definition().call(arguments.getBytes(UTF_8), ByteSize.ofKibibytes(1));
        return (answer.failed() ? "!" : "") + new String(answer.utf8(), UTF_8);
    }
}
