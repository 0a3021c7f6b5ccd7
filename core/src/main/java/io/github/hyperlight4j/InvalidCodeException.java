package io.github.hyperlight4j;

import java.util.Objects;

/**
 * What was to be run cannot be a program: it is larger than {@link Limits#code()}, has a NUL character, or is not valid
 * Unicode. Nothing has been run; whoever wrote it can mend it by the message.
 */
public final class InvalidCodeException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * @param message a sentence for whoever wrote the program
     */
    public InvalidCodeException(String message) {
        super(Objects.requireNonNull(message, "message"));
    }
}
