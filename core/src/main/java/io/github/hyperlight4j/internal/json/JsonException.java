package io.github.hyperlight4j.internal.json;

import org.jspecify.annotations.Nullable;

/** A value that JSON cannot carry, or text that is not acceptable JSON. The message is a clause: "the number is ...". */
public sealed class JsonException extends Exception permits Json.TooLargeException {

    private static final long serialVersionUID = 1L;

    /** @param message a clause that describes the problem */
    public JsonException(String message) {
        this(message, null);
    }

    /**
     * @param message a clause that describes the problem
     * @param cause an exception of the application's class, when reading; any, for the application's log, when writing
     */
    JsonException(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
