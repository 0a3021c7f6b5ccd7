package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.internal.files.SpillFile;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A request's body, kept until it is complete: so its size is known when it is sent, and a slow guest holds no connection. A
 * large one spills to a temporary file, which is gone when the body is closed.
 */
final class RequestBody implements Closeable {

    private static final int IN_MEMORY = 256 * 1024;
    private static final int BLOCK = 64 * 1024;

    private final ByteSize limit;
    private final ByteArrayOutputStream memory = new ByteArrayOutputStream(0);
    private @Nullable SpillFile file;
    private long size;

    RequestBody(ByteSize limit) {
        this.limit = limit;
    }

    long size() {
        return size;
    }

    /** Fails if a body of that size is too large. */
    void checkSize(long total) throws GuestHttpException {
        if (total > limit.bytes()) {
            throw GuestHttpException.failed("A request's body can have at most " + limit);
        }
    }

    void add(ByteBuffer bytes) throws IOException, GuestHttpException {
        checkSize(size + bytes.remaining());
        byte[] block = new byte[Math.min(BLOCK, bytes.remaining())];
        while (bytes.hasRemaining()) {
            int count = Math.min(block.length, bytes.remaining());
            bytes.get(block, 0, count);
            if (size + count <= IN_MEMORY) {
                memory.write(block, 0, count);
            } else {
                spill().write(size, block, 0, count);
            }
            size += count;
        }
    }

    private SpillFile spill() throws IOException {
        SpillFile file = this.file;
        if (file == null) {
            file = SpillFile.create();
            this.file = file;
            byte[] beginning = memory.toByteArray();
            file.write(0, beginning, 0, beginning.length);
            memory.reset();
        }
        return file;
    }

    /** Writes all of it; may be repeated. Nothing can be added after that. */
    void writeTo(OutputStream out) throws IOException {
        SpillFile file = this.file;
        if (file == null) {
            memory.writeTo(out);
            return;
        }
        byte[] block = new byte[BLOCK];
        for (long written = 0; written < size; ) {
            int count = file.read(written, block, 0, (int) Math.min(block.length, size - written));
            if (count == 0) {
                throw new IOException("The temporary file of a request's body is shorter than the body");
            }
            out.write(block, 0, count);
            written += count;
        }
    }

    @Override
    public void close() {
        SpillFile file = this.file;
        if (file != null) {
            file.close();
        }
    }
}
