package io.github.hyperlight4j.internal.tool;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The application's code behind a tool. */
@FunctionalInterface
public interface ToolImplementation {

    /**
     * Calls it.
     *
     * @param arguments arguments that fit the schema
     * @return its result, not yet JSON
     * @throws ArgumentException if the arguments cannot be read as the Java types that it takes
     * @throws Throwable whatever the application throws
     */
    @Nullable
    Object call(ObjectNode arguments) throws Throwable;
}
