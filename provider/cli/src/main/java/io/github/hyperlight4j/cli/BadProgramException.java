package io.github.hyperlight4j.cli;

import org.jspecify.annotations.Nullable;

/** Thrown when an argument is no program, or names something that a program cannot be given. */
final class BadProgramException extends Exception {

    private static final long serialVersionUID = 1L;

    BadProgramException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
