package io.github.hyperlight4j.internal.http;

/** A URL, or a part of one, is not written as it must be. */
public final class UrlException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param message a sentence that says what would be right */
    UrlException(String message) {
        super(message, null, false, false);
    }
}
