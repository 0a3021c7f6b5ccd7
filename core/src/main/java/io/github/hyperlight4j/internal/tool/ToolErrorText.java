package io.github.hyperlight4j.internal.tool;

import io.github.hyperlight4j.ByteSize;
import java.util.Collection;

/** The messages of {@code ToolError} in a program. A model repairs its program by them. */
final class ToolErrorText {

    /** More of an exception's message does not help, and the guest's memory is small. */
    private static final int LONGEST_CAUSE = 16 * 1024;

    private ToolErrorText() {}

    static String unknownTool(String name, Collection<String> registered) {
        String others = registered.isEmpty()
                ? "No tools are registered."
                : "Registered tools: " + String.join(", ", registered) + ".";
        return "Unknown tool '" + cut(name, 100) + "'. " + others;
    }

    static String badArguments(String tool, String problem, String signature) {
        return "Tool '" + tool + "' does not take these arguments: " + problem + ". Signature: " + signature;
    }

    static String argumentsTooLarge(String tool, long size, ByteSize limit) {
        return "Tool '" + tool + "': the arguments take " + size + " bytes as JSON, and the limit is " + limit + ".";
    }

    static String resultTooLarge(String tool, long size, ByteSize limit) {
        return "Tool '" + tool + "' failed: its result takes " + size + " bytes as JSON, and the limit is " + limit
                + ".";
    }

    static String badResult(String tool, String problem) {
        return "Tool '" + tool + "' failed: its result cannot be passed on: " + problem + ".";
    }

    static String failed(String tool, Throwable cause) {
        return "Tool '" + tool + "' failed: " + cut(describe(cause), LONGEST_CAUSE);
    }

    static String failed(String tool) {
        return "Tool '" + tool + "' failed: the application has the reason in its log.";
    }

    /** An exception's message or, when it has none, its class. The class is the application's, and may fail itself. */
    private static String describe(Throwable cause) {
        String message = null;
        try {
            message = cause.getMessage();
        } catch (Throwable ignored) {
            // The class's name has to do.
        }
        return message == null || message.isBlank() ? cause.getClass().getName() : message;
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "...";
    }
}
