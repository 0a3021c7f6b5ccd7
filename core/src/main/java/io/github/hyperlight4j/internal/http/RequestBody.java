package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A request's body, kept until it is complete: so its size is known when it is sent, and a guest that dawdles holds no
 * connection. A large one is in a temporary file, which is gone when it is closed.
 */
final class RequestBody implements Closeable {

    private static final int IN_MEMORY = 256 * 1024;

    private final ByteSize limit;
    private final ByteArrayOutputStream memory = new ByteArrayOutputStream(0);
    private @Nullable FileChannel file;
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
            throw Quoted.failed("A request's body can have at most " + limit);
        }
    }

    void add(ByteBuffer bytes) throws IOException, GuestHttpException {
        checkSize(size + bytes.remaining());
        int added = bytes.remaining();
        if (file == null && size + added <= IN_MEMORY) {
            byte[] copy = new byte[added];
            bytes.get(copy);
            memory.write(copy, 0, copy.length);
        } else {
            FileChannel file = file();
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        }
        size += added;
    }

    private FileChannel file() throws IOException {
        FileChannel file = this.file;
        if (file == null) {
            Path path = Files.createTempFile("hyperlight4j-request-", null);
            try {
                file = FileChannel.open(
                        path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            } catch (IOException e) {
                Files.deleteIfExists(path);
                throw e;
            }
            this.file = file;
            ByteBuffer beginning = ByteBuffer.wrap(memory.toByteArray());
            while (beginning.hasRemaining()) {
                file.write(beginning);
            }
            memory.reset();
        }
        return file;
    }

    /** Writes all of it; may be done again. Adds nothing more after that. */
    void writeTo(OutputStream out) throws IOException {
        FileChannel file = this.file;
        if (file == null) {
            memory.writeTo(out);
        } else {
            file.position(0);
            Channels.newInputStream(file).transferTo(out);
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel file = this.file;
        if (file != null) {
            file.close();
        }
    }
}
