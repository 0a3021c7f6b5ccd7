package io.github.hyperlight4j.internal.snapshot;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** The reason for which a file could not be used, in words. The message of Java's exceptions is often the path alone. */
public final class IoReason {

    private IoReason() {}

    /**
     * {@return the reason, with the path}
     *
     * @param e what was thrown
     */
    public static String of(IOException e) {
        String reason = switch (e) {
            case NoSuchFileException _ -> "no such file or directory";
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "a file is there already";
            case NotDirectoryException _ -> "not a directory";
            case DirectoryNotEmptyException _ -> "directory not empty";
            case FileSystemLoopException _ -> "too many links";
            default -> "";
        };
        String message = e.getMessage();
        if (reason.isEmpty()) {
            return message == null ? e.getClass().getSimpleName() : message;
        }
        return e instanceof FileSystemException failure && failure.getFile() != null
                ? failure.getFile() + ": " + reason
                : reason;
    }

    /**
     * {@return the reason, without the path where that is the known one}
     *
     * @param e what was thrown
     * @param known the path that the reader of the message knows
     */
    public static String of(IOException e, String known) {
        String reason = of(e);
        return reason.startsWith(known + ": ") ? reason.substring(known.length() + 2) : reason;
    }
}
