package io.github.hyperlight4j.internal.json;

import org.jspecify.annotations.Nullable;

/** A value that JSON cannot carry, or text that is not acceptable JSON. The message is a clause: "the number is ...". */
public sealed class JsonException extends Exception permits Json.TooLargeException {

    private static final long serialVersionUID = 1L;

    /** @param message a clause that says what is wrong */
    public JsonException(String message) {
        this(message, null);
    }

    /**
     * @param message a clause that says what is wrong
     * @param cause what the application's class threw that was to be read; of a result, for the application's log
     */
    JsonException(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
