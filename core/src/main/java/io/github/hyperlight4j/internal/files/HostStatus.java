package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.internal.guest.GuestFiles;

/**
 * The status of a file on the host.
 *
 * @param mode its {@code st_mode}
 * @param size in bytes
 * @param modified in nanoseconds since the Unix epoch
 */
record HostStatus(int mode, long size, long modified) {

    private static final int S_IFMT = 0xF000;
    private static final int S_IFDIR = 0x4000;
    private static final int S_IFREG = 0x8000;
    private static final int S_IFLNK = 0xA000;

    boolean isDirectory() {
        return (mode & S_IFMT) == S_IFDIR;
    }

    boolean isFile() {
        return (mode & S_IFMT) == S_IFREG;
    }

    boolean isLink() {
        return (mode & S_IFMT) == S_IFLNK;
    }

    /** {@return whether it is what a program sees: a file, a directory or a link} */
    boolean isVisible() {
        return isFile() || isDirectory() || isLink();
    }

    /** {@return the status that a program sees} */
    GuestFiles.Status forGuest() throws GuestFileException {
        if (isFile()) {
            return new GuestFiles.Status(GuestFiles.FILE, size, modified);
        } else if (isDirectory()) {
            return new GuestFiles.Status(GuestFiles.DIRECTORY, 0, modified);
        } else if (isLink()) {
            return new GuestFiles.Status(GuestFiles.SYMBOLIC_LINK, size, modified);
        }
        throw new GuestFileException(Code.ACCESS);
    }
}
