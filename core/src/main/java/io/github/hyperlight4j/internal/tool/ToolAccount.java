package io.github.hyperlight4j.internal.tool;

/**
 * The resources that the tool calls of one configuration share, also with configurations derived from it: memory for
 * arguments, and lines in the application's log.
 */
public final class ToolAccount {

    /** The name is in the documentation of {@code Tool}. */
    private static final System.Logger LOGGER = System.getLogger("io.github.hyperlight4j.tool");

    private final ArgumentMemory.Share memory;
    private final FailureLog log;

    /** An account on which nothing is held. */
    public ToolAccount() {
        this(ArgumentMemory.process(), LOGGER);
    }

    ToolAccount(ArgumentMemory memory, System.Logger logger) {
        this.memory = memory.share();
        this.log = new FailureLog(logger);
    }

    ArgumentMemory.Share memory() {
        return memory;
    }

    FailureLog log() {
        return log;
    }
}
