package io.github.hyperlight4j.codeact;

import java.util.Objects;

/**
 * What one agent run gets from a {@link HyperlightCodeActProvider}. Immutable, and bound to the configuration that the
 * provider had when the run began: what changes on the provider later is for later runs.
 *
 * @param instructions the text to add to the agent's instructions
 * @param executeCode the one tool to offer to the model
 */
public record CodeActRun(String instructions, HyperlightExecuteCodeTool executeCode) {

    /** Checks for {@code null}. */
    public CodeActRun {
        Objects.requireNonNull(instructions, "instructions");
        Objects.requireNonNull(executeCode, "executeCode");
    }
}
