package io.github.hyperlight4j;

import java.util.Objects;

/**
 * Code that cannot be a program: it is larger than {@link Limits#code()}, has a NUL character, or is not valid Unicode.
 * Nothing has been run. The message helps its author to repair it.
 */
public final class InvalidCodeException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * @param message a sentence for the program's author
     */
    public InvalidCodeException(String message) {
        super(Objects.requireNonNull(message, "message"));
    }
}
