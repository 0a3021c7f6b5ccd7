package io.github.hyperlight4j.internal.tool;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tool as the application defined it.
 *
 * @param name its name
 * @param parameters the schema of its parameters
 * @param code the application's code
 */
public record ToolDefinition(String name, ParameterSchema parameters, Code code) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** The application's code behind a tool, with its interceptors. */
    @FunctionalInterface
    public interface Code {

        /**
         * Calls the tool.
         *
         * @param arguments arguments that fit the schema
         * @return its result, not yet JSON
         * @throws ArgumentException if the arguments cannot be read as the declared Java types
         * @throws Throwable any exception of the application
         */
        @Nullable
        Object call(ObjectNode arguments) throws Throwable;
    }

    /**
     * Checks that models, and the protocols between them, accept a tool's name.
     *
     * @param name the name
     * @return the name
     * @throws IllegalArgumentException if a tool cannot have that name
     */
    public static String checkName(String name) {
        Objects.requireNonNull(name, "name");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("A tool's name must not be empty");
        }
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "A tool's name must be 1 to 64 characters, each a letter (A to Z), digit, _ or -: '" + name + "'");
        }
        if (name.equals("execute_code")) {
            throw new IllegalArgumentException(
                    "'execute_code' cannot be a tool's name: it is what the model calls to run a program");
        }
        return name;
    }
}
