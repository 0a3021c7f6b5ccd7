package io.github.hyperlight4j.internal.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A file that a program left in {@code /output}. It changes no more. May be used from any thread. */
public final class OutputContent implements AutoCloseable {

    private final String path;
    private final long size;
    private final FileContent content;
    private final boolean complete;

    OutputContent(String path, FileContent content, boolean complete) {
        this.path = path;
        this.size = content.size();
        this.content = content;
        this.complete = complete;
    }

    /** Returns the path below {@code /output}. */
    public String path() {
        return path;
    }

    /** Returns how many bytes it has. */
    public long size() {
        return size;
    }

    /** Returns whether no write to it was refused for want of room. */
    public boolean isComplete() {
        return complete;
    }

    /**
     * {@return a stream of its own over all bytes}
     *
     * @throws IllegalStateException if it is closed
     */
    public InputStream open() {
        if (content.isClosed()) {
            throw new IllegalStateException("The output file is closed: " + path);
        }
        return new ContentStream(content, size);
    }

    /** Releases what it takes on the host. */
    @Override
    public void close() {
        content.close();
    }

    private static final class ContentStream extends InputStream {

        private final FileContent content;
        private final long size;
        private long position;

        ContentStream(FileContent content, long size) {
            this.content = content;
            this.size = size;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int at, int count) throws IOException {
            Objects.checkFromIndexSize(at, count, into.length);
            if (count == 0) {
                return 0;
            }
            if (position >= size) {
                return -1;
            }
            if (content.isClosed()) {
                throw new IOException("The output file was closed");
            }
            int read = content.read(position, into, at, count);
            if (read == 0) {
                throw new IOException("The output file was cut short on the host");
            }
            position += read;
            return read;
        }

        @Override
        public long skip(long count) {
            long skipped = Math.clamp(count, 0, size - position);
            position += skipped;
            return skipped;
        }

        @Override
        public int available() {
            return (int) Math.min(size - position, Integer.MAX_VALUE);
        }
    }
}
