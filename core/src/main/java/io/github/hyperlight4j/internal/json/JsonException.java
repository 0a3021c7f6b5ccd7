package io.github.hyperlight4j.internal.json;

/**
 * A value that cannot be carried as JSON, or JSON that cannot be read. The message is a clause: "the number is ...".
 */
public final class JsonException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param message a clause that says what is wrong */
    public JsonException(String message) {
        super(message, null, false, false);
    }
}
