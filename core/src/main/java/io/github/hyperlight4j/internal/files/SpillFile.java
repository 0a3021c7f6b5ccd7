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
 * A file on the host without a name. It goes when it is closed, unreachable, or the process ends. May be used from any
 * thread.
 *
 * <p>Not a {@link java.nio.channels.FileChannel}: interrupting a thread that uses one closes it for everybody.
 */
public final class SpillFile implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.files");

    private static final Cleaner CLEANER = Cleaner.create();

    private final RandomAccessFile file;
    private final Cleaner.Cleanable release;

    private SpillFile(RandomAccessFile file, @Nullable Path path) {
        this.file = file;
        this.release = CLEANER.register(this, new Release(file, path));
    }

    /** Makes one in the directory for temporary files, readable by this user only. */
    public static SpillFile create() throws IOException {
        Path path = Files.createTempFile("hyperlight4j-", ".tmp");
        RandomAccessFile file;
        try {
            file = new RandomAccessFile(path.toFile(), "rw");
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
        try {
            Files.delete(path);
        } catch (IOException e) {
            // Windows keeps the name of an open file.
            LOG.log(Level.DEBUG, "Deleted when it is closed: {0}", path);
            return new SpillFile(file, path);
        }
        return new SpillFile(file, null);
    }

    /** Reads until {@code count} bytes are there or the file ends. */
    public synchronized int read(long offset, byte[] into, int at, int count) throws IOException {
        try {
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

    public synchronized void write(long offset, byte[] from, int at, int count) throws IOException {
        try {
            file.seek(offset);
            file.write(from, at, count);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public synchronized void close() {
        release.clean();
    }

    private record Release(RandomAccessFile file, @Nullable Path path) implements Runnable {
        @Override
        public void run() {
            try {
                file.close();
                if (path != null) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException e) {
                LOG.log(Level.WARNING, "A temporary file could not be released", e);
            }
        }
    }
}
