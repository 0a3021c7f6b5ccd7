package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;

/** The quota of a writable tree, and how much of it is in use. */
final class QuotaAccount {

    private final int mostFiles;
    private final long largestFile;
    private final long mostBytes;
    private final int mostEntries;
    private int files;
    private int entries;
    private long bytes;

    /**
     * @param mostFiles the most files that have a name
     * @param largestFile the size of each file, in bytes. A hole counts
     * @param mostBytes the size of all files, including open ones that have lost their name
     * @param mostEntries the most files and directories
     */
    QuotaAccount(int mostFiles, long largestFile, long mostBytes, int mostEntries) {
        this.mostFiles = mostFiles;
        this.largestFile = largestFile;
        this.mostBytes = mostBytes;
        this.mostEntries = mostEntries;
    }

    void takeEntry(boolean file) throws GuestFileException {
        if (entries >= mostEntries || (file && files >= mostFiles)) {
            throw new GuestFileException(Code.INSUFFICIENT_SPACE);
        }
        entries++;
        files += file ? 1 : 0;
    }

    void giveEntry(boolean file) {
        entries--;
        files -= file ? 1 : 0;
    }

    /** Checks that a file may change its size. */
    void requireBytes(long size, long newSize) throws GuestFileException {
        if (newSize > largestFile) {
            // A file that has all there is to itself runs out of space, not into a limit of its own.
            throw new GuestFileException(largestFile < mostBytes ? Code.FILE_TOO_LARGE : Code.INSUFFICIENT_SPACE);
        }
        if (newSize - size > mostBytes - bytes) {
            throw new GuestFileException(Code.INSUFFICIENT_SPACE);
        }
    }

    void resized(long size, long newSize) {
        bytes += newSize - size;
    }
}
