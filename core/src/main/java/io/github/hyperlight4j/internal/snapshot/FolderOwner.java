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
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("unix")) {
            return;
        }
        int owner = owner(directory);
        if (owner != ROOT && owner != owner(Path.of("/proc/self"))) {
            throw new IOException(directory + " belongs to another user (" + owner + ")");
        }
        int mode = (int) Files.getAttribute(directory, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & WRITABLE_BY_OTHERS) != 0) {
            throw new IOException(directory + " can be written by others: its mode is "
                    + Integer.toOctalString(mode & 07777) + ", and should be 700");
        }
    }

    private static int owner(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }
}
