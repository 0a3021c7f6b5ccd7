package io.github.hyperlight4j;

/**
 * Whether a person has to approve before a tool's code runs. A {@link Sandbox} only carries it; what asks is the agent
 * that offers the sandbox to a model. There is no approval of a single {@code call_tool}: one tool that requires it makes
 * each program that could call it require it.
 */
public enum ApprovalMode {
    /** It runs without being asked about. */
    NEVER_REQUIRE,
    /** It runs only once it was approved. */
    ALWAYS_REQUIRE
}
