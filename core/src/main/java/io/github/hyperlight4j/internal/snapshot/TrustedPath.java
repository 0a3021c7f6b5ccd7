package io.github.hyperlight4j.internal.snapshot;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A check, as OpenSSH makes it, that only this user and the administrator can change a file or directory, or put another
 * in its place. Where files have no Unix owner and mode, as on Windows, only its kind is checked: there, a user's own
 * folders are writable by that user and administrators alone unless their access list was changed.
 */
final class TrustedPath {

    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int STICKY = 01000;
    private static final int ROOT = 0;

    private TrustedPath() {}

    /**
     * Checks a file or directory and all directories above it. Those may be writable by others only where users can
     * rename nothing but their own files, as in {@code /tmp}.
     *
     * @return the path without links: what was checked is what the links lead to now
     * @throws IOException if another user can change or replace it, or it is neither a file nor a directory
     */
    static Path require(Path path) throws IOException {
        Path real = path.toRealPath();
        requireEntry(real);
        for (Path above = real.getParent(); above != null && hasOwners(); above = above.getParent()) {
            requireOwner(above);
            int mode = mode(above);
            if ((mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
                throw new IOException(above + " can be written by other users, who could replace what is in it: its"
                        + " mode is " + octal(mode) + ", and should be " + octal(mode & ~WRITABLE_BY_OTHERS) + " for "
                        + real + " to be used");
            }
        }
        return real;
    }

    /**
     * Checks a directory and every file and directory below it.
     *
     * @return the files, sorted
     * @throws IOException if another user can change one, or one is neither a file nor a directory
     */
    static List<Path> requireTree(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> entries = Files.walk(directory)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                requireEntry(entry);
                if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    files.add(entry);
                }
            }
        }
        files.sort(null);
        return files;
    }

    private static void requireEntry(Path path) throws IOException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + " is neither a file nor a directory");
        }
        if (hasOwners()) {
            requireOwner(path);
            int mode = mode(path);
            if ((mode & WRITABLE_BY_OTHERS) != 0) {
                throw new IOException(path + " can be written by other users: its mode is " + octal(mode)
                        + ", and should be " + octal(mode & ~WRITABLE_BY_OTHERS));
            }
        }
    }

    private static boolean hasOwners() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
    }

    private static void requireOwner(Path path) throws IOException {
        int owner = owner(path);
        if (owner != ROOT && owner != owner(Path.of("/proc/self/"))) {
            throw new IOException(path + " belongs to another user (" + owner + "), and should belong to this user or"
                    + " to the administrator");
        }
    }

    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    }

    private static int owner(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }

    private static String octal(int mode) {
        return Integer.toOctalString(mode);
    }
}
