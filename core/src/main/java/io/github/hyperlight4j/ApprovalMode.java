package io.github.hyperlight4j;

/**
 * Requirement of a person's approval before code runs that can call a tool. A {@link Sandbox} only carries it; the agent
 * that offers the sandbox to a model asks. There is no approval of a single {@code call_tool}: one tool that requires it makes
 * each program that could call it require it.
 */
public enum ApprovalMode {
    /** Code runs without approval. */
    NEVER_REQUIRE,
    /** Code runs only once it is approved. */
    ALWAYS_REQUIRE
}
