package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;

/** Error numbers of Linux, which x86-64 and AArch64 share, as the errors that a program gets. */
final class Errno {

    static final int EINTR = 4;
    static final int EAGAIN = 11;

    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int ENXIO = 6;
    private static final int EACCES = 13;
    private static final int EBUSY = 16;
    private static final int EXDEV = 18;
    private static final int ENODEV = 19;
    private static final int ENOTDIR = 20;
    private static final int EISDIR = 21;
    private static final int EINVAL = 22;
    private static final int ENFILE = 23;
    private static final int EMFILE = 24;
    private static final int ENAMETOOLONG = 36;
    private static final int ENOSYS = 38;
    private static final int ELOOP = 40;
    private static final int ESTALE = 116;

    private Errno() {}

    /** Returns the program's error. */
    static GuestFileException exception(int errno) {
        return new GuestFileException(
                switch (errno) {
                    // A path that leads out of the mount or its file system, a device without a driver, or a FIFO.
                    case EACCES, EXDEV, ENXIO, ENODEV -> Code.ACCESS;
                    case EPERM -> Code.NOT_PERMITTED;
                    case ENOENT, ESTALE -> Code.NO_ENTRY;
                    case EAGAIN, EBUSY -> Code.BUSY;
                    case ENOTDIR -> Code.NOT_DIRECTORY;
                    case EISDIR -> Code.IS_DIRECTORY;
                    case EINVAL -> Code.INVALID;
                    case ENFILE, EMFILE -> Code.QUOTA;
                    case ENAMETOOLONG -> Code.NAME_TOO_LONG;
                    case ELOOP -> Code.LOOP;
                    case ENOSYS -> Code.UNSUPPORTED;
                    default -> Code.IO;
                });
    }
}
