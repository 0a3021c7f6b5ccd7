package io.github.hyperlight4j.internal.tool;

import java.util.Objects;
import java.util.regex.Pattern;

/** Which names a tool can have: those that models and the protocols between them accept. */
public final class ToolName {

    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private ToolName() {}

    /**
     * {@return the name}
     *
     * @param name a tool's name
     * @throws IllegalArgumentException if a tool cannot be called that
     */
    public static String check(String name) {
        Objects.requireNonNull(name, "name");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("A tool's name must not be empty");
        }
        if (!VALID.matcher(name).matches()) {
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
