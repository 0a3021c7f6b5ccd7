package io.github.hyperlight4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.internal.guest.ToolAnswer;
import io.github.hyperlight4j.internal.tool.RegisteredTool;
import io.github.hyperlight4j.internal.tool.ToolAccount;
import io.github.hyperlight4j.internal.tool.ToolRegistry;
import java.util.List;
import java.util.Objects;

/** Calls tools as the guest does. */
final class ToolCaller {

    private ToolCaller() {}

    /** Returns the result as JSON or, when the call failed, the message after an exclamation mark. */
    static String call(Tool tool, String arguments) {
        return call(tool, arguments, Throwable.class);
    }

    /** The same, where a program sees the messages of some exceptions only. */
    static String call(Tool tool, String arguments, Class<? extends Throwable> visible) {
        ToolRegistry registry = new ToolRegistry(List.of(tool.definition()), visible, new ToolAccount());
        RegisteredTool registered = Objects.requireNonNull(registry.find(tool.name()));
        ToolAnswer answer = registered.call(arguments.getBytes(UTF_8), ByteSize.ofKibibytes(1));
        return (answer.failed() ? "!" : "") + new String(answer.utf8(), UTF_8);
    }
}
