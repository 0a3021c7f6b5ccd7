package io.github.hyperlight4j.cli;

import org.jspecify.annotations.Nullable;

/** What was given cannot be a program. */
final class BadProgramException extends Exception {

    private static final long serialVersionUID = 1L;

    BadProgramException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
