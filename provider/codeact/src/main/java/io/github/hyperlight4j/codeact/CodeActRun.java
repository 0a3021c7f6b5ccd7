package io.github.hyperlight4j.codeact;

import java.util.Objects;

/**
 * CodeAct of one agent run. Immutable, and bound to the configuration that the {@link HyperlightCodeActProvider} had when
 * the run began: later changes of the provider are for later runs.
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
