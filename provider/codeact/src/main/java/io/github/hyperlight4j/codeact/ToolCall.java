package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.ToolArguments;

/**
 * One {@code call_tool} inside an execution, as a {@link CodeActListener} hears of it. Immutable; equal only to itself, so
 * that it can be a key.
 */
public final class ToolCall {

    private final Execution execution;
    private final Tool tool;
    private final ToolArguments arguments;

    ToolCall(Execution execution, Tool tool, ToolArguments arguments) {
        this.execution = execution;
        this.tool = tool;
        this.arguments = arguments;
    }

    /** Returns the execution whose code made the call. */
    public Execution execution() {
        return execution;
    }

    /** Returns the tool that is called. */
    public Tool tool() {
        return tool;
    }

    /** Returns the arguments, which fit the tool's schema. */
    public ToolArguments arguments() {
        return arguments;
    }
}
