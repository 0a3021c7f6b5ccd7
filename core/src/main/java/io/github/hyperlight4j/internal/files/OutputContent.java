package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.OutputFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.CopyOption;
import java.nio.file.Path;
import java.util.Objects;

/** An output file whose bytes are in a tree's store. Thread-safe. */
final class OutputContent implements OutputFile {

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

    @Override
    public String path() {
        return path;
    }

    @Override
    public String mediaType() {
        return MediaTypes.of(path);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean isComplete() {
        return complete;
    }

    @Override
    public byte[] bytes() {
        try (InputStream stream = open()) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new HyperlightException(
                    HyperlightException.Code.IO, "The output file " + path + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public InputStream open() {
        if (content.isClosed()) {
            throw new IllegalStateException("The output file is closed: " + path);
        }
        return new ContentStream(content, size);
    }

    @Override
    public Path copyInto(Path directory, CopyOption... options) throws IOException {
        return OutputCopy.copy(this, directory, options);
    }

    @Override
    public void close() {
        content.close();
    }

    @Override
    public String toString() {
        return "OutputFile[" + path + ", " + mediaType() + ", " + ByteSize.ofBytes(size) + "]";
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
