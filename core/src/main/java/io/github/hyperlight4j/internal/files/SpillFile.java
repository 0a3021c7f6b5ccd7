package io.github.hyperlight4j.internal.files;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A temporary file of the host without a name, on the process's account. It goes when it is closed or unreachable, or the
 * process ends. Thread-safe.
 *
 * <p>Not a {@link java.nio.channels.FileChannel}: an interrupt of a thread that uses a channel closes it for all threads.
 */
public final class SpillFile implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.files");

    private final Held held;
    private final Cleaner.Cleanable release;

    private SpillFile(Held held) throws IOException {
        this.held = held;
        this.release = HostCleaner.register(this, held);
    }

    /**
     * Makes a file in the directory for temporary files, readable by this user only.
     *
     * @return the file, empty
     * @throws IOException if there is no room for another on the process's account, or the host cannot make it
     */
    public static SpillFile create() throws IOException {
        return create(HostAccount.ofProcess());
    }

    static SpillFile create(HostAccount account) throws IOException {
        account.takeFile();
        Held held = new Held(account);
        try {
            held.open();
            return new SpillFile(held);
        } catch (IOException | RuntimeException | Error e) {
            held.run();
            throw e;
        }
    }

    /**
     * Reads until {@code count} bytes are there or the file ends.
     *
     * @return the number of bytes read
     */
    public synchronized int read(long offset, byte[] into, int at, int count) throws IOException {
        try {
            RandomAccessFile file = held.file();
            file.seek(offset);
            int read = 0;
            while (read < count) {
                int more = file.read(into, at + read, count - read);
                if (more < 0) {
                    break;
                }
                read += more;
            }
            return read;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Writes bytes.
     *
     * @throws IOException if there is no room for a longer file on the process's account, or the host cannot write
     */
    public synchronized void write(long offset, byte[] from, int at, int count) throws IOException {
        try {
            RandomAccessFile file = held.file();
            held.grow(offset + count);
            file.seek(offset);
            file.write(from, at, count);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Ends writing: the file belongs to a result now, which may be dropped without being closed. */
    synchronized void becomeResult() {
        try {
            held.becomeResult();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public synchronized void close() {
        release.clean();
    }

    /** The host's file and its part of the account. Used with the spill file's lock, or by the cleaner. */
    private static final class Held implements Runnable {

        private final HostAccount account;
        private @Nullable RandomAccessFile file;

        /** On Windows: it keeps the name of an open file. */
        private @Nullable Path path;

        private long size;
        private boolean isResult;

        Held(HostAccount account) {
            this.account = account;
        }

        void open() throws IOException {
            path = Files.createTempFile("hyperlight4j-", ".tmp");
            file = new RandomAccessFile(path.toFile(), "rw");
            try {
                Files.delete(path);
                path = null;
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "Deleted when it is closed: {0}", path);
            }
        }

        RandomAccessFile file() throws IOException {
            if (file == null) {
                throw new IOException("The temporary file is closed");
            }
            return file;
        }

        void grow(long newSize) throws IOException {
            if (newSize > size) {
                account.takeBytes(newSize - size);
                size = newSize;
            }
        }

        void becomeResult() {
            if (!isResult) {
                isResult = true;
                account.becomesResult(size);
            }
        }

        @Override
        public void run() {
            try (RandomAccessFile _ = file) {
                file = null;
                if (path != null) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException e) {
                LOG.log(Level.WARNING, "A temporary file could not be released", e);
            } finally {
                account.give(size, isResult);
            }
        }
    }
}
