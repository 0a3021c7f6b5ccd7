package io.github.hyperlight4j.internal.tool;

/**
 * A tool, as the application defined it.
 *
 * @param name its name
 * @param parameters what it takes
 * @param implementation what it does
 */
public record ToolDefinition(String name, ParameterSchema parameters, ToolImplementation implementation) {}
