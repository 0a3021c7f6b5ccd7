package io.github.hyperlight4j.internal.guest;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The guest's files: the interface {@code files} of its WIT world, which describes each function.
 * Called on the thread that runs the sandbox. Every argument was chosen by the guest; paths may be anything.
 */
public interface GuestFiles {

    /** The kind of a file. */
    int FILE = 0;
    /** The kind of a directory. */
    int DIRECTORY = 1;
    /** The kind of a symbolic link. */
    int SYMBOLIC_LINK = 2;

    /** A flag of {@link #open}: to read. */
    int OPEN_READ = 1;
    /** A flag of {@link #open}: to write. */
    int OPEN_WRITE = 2;
    /** A flag of {@link #open}: to create it if it does not exist. */
    int OPEN_CREATE = 4;
    /** A flag of {@link #open}: to fail if it exists. */
    int OPEN_EXCLUSIVE = 8;
    /** A flag of {@link #open}: to make it empty. */
    int OPEN_TRUNCATE = 16;
    /** A flag of {@link #open}: not to follow a symbolic link at the path's end. */
    int OPEN_NO_FOLLOW = 32;

    /** The offset of {@link #write} that stands for the file's end. */
    long END = -1;

    /**
     * The status of a path or a handle.
     *
     * @param kind {@link #FILE}, {@link #DIRECTORY} or {@link #SYMBOLIC_LINK}
     * @param size in bytes
     * @param modified when it was last modified, in nanoseconds since the Unix epoch
     */
    record Status(int kind, long size, long modified) {}

    /**
     * A file that was opened.
     *
     * @param handle its handle
     * @param status its status
     */
    record Opened(int handle, Status status) {}

    /**
     * An entry of a directory.
     *
     * @param name its name
     * @param status its status; of a symbolic link itself, not of its target
     */
    record Entry(String name, Status status) {}

    /**
     * A part of a directory's list.
     *
     * @param items some of its entries
     * @param next where the list goes on; 0 when this is its end
     */
    record Entries(List<Entry> items, long next) {}

    Status stat(String path, boolean follow) throws GuestFileException, RunEndedException;

    Status stat(int handle) throws GuestFileException, RunEndedException;

    Entries list(String path, long start) throws GuestFileException, RunEndedException;

    Opened open(String path, int flags) throws GuestFileException, RunEndedException;

    /**
     * Reads.
     *
     * @param into native memory for the bytes; its size is the most that may be read
     * @return how many bytes were read; 0 at the file's end
     */
    int read(int handle, long offset, MemorySegment into) throws GuestFileException, RunEndedException;

    /**
     * Writes all bytes.
     *
     * @param offset unsigned; {@link #END} for the file's end
     * @param bytes valid during the call only
     * @return the offset behind them
     */
    long write(int handle, long offset, ByteBuffer bytes) throws GuestFileException, RunEndedException;

    void resize(int handle, long size) throws GuestFileException, RunEndedException;

    /** Closes; an unknown handle does nothing. */
    void close(int handle) throws RunEndedException;

    void makeDirectory(String path) throws GuestFileException, RunEndedException;

    void remove(String path, boolean directory) throws GuestFileException, RunEndedException;

    void rename(String path, String to) throws GuestFileException, RunEndedException;

    void setModified(String path, long modified) throws GuestFileException, RunEndedException;

    String readLink(String path) throws GuestFileException, RunEndedException;
}
