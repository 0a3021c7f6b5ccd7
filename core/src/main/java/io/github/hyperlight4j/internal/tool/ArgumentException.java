package io.github.hyperlight4j.internal.tool;

/** Arguments that do not fit. The message is a clause: "parameter 'x' must be ...". */
public final class ArgumentException extends Exception {

    private static final long serialVersionUID = 1L;

    ArgumentException(String message) {
        super(message, null, false, false);
    }
}
