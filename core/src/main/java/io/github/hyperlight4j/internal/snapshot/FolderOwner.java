package io.github.hyperlight4j.internal.snapshot;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Who can put files into a directory. Where files have no Unix owner and mode, as on Windows, that is not looked at: the
 * user's own folder is the user's there.
 */
final class FolderOwner {

    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int STICKY = 01000;
    private static final int ROOT = 0;

    private FolderOwner() {}

    /**
     * Returns if only this user and the administrator can write a directory.
     *
     * @throws IOException if somebody else can, or the path is no directory
     */
    static void requireTrusted(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(directory + " is not a directory");
        }
        if (hasOwners()) {
            requireOwner(directory);
            int mode = mode(directory);
            if ((mode & WRITABLE_BY_OTHERS) != 0) {
                throw new IOException(directory + " can be written by others: its mode is "
                        + Integer.toOctalString(mode) + ", and should be 700");
            }
        }
    }

    /**
     * Returns if only this user and the administrator can write a directory, or put another one in its place. What is
     * above it may be written by others only where everybody can rename but what is their own, as in {@code /tmp}.
     *
     * @param directory a real path: without links
     * @throws IOException if somebody else can, or the path is no directory
     */
    static void requireTrustedPath(Path directory) throws IOException {
        requireTrusted(directory);
        for (Path above = directory.getParent(); above != null && hasOwners(); above = above.getParent()) {
            requireOwner(above);
            int mode = mode(above);
            if ((mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
                throw new IOException(above + " can be written by others, who could replace what is in it: its mode is "
                        + Integer.toOctalString(mode) + ", and should be "
                        + Integer.toOctalString(mode & ~WRITABLE_BY_OTHERS)
                        + " for " + directory + " to be used");
            }
        }
    }

    private static boolean hasOwners() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
    }

    private static void requireOwner(Path directory) throws IOException {
        int owner = owner(directory);
        if (owner != ROOT && owner != owner(Path.of("/proc/self"))) {
            throw new IOException(directory + " belongs to another user (" + owner + ")");
        }
    }

    private static int mode(Path directory) throws IOException {
        return (int) Files.getAttribute(directory, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    }

    private static int owner(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }
}
