package io.github.hyperlight4j.internal.files;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file: in memory while they are few, otherwise in a file of the host that has no name. Written by one
 * thread; once that is done, read by any.
 */
final class FileContent implements AutoCloseable {

    /** The most that is held in memory. */
    static final int LARGEST_IN_MEMORY = 256 << 10;

    private static final int PIECE = 64 << 10;

    /** Behind {@link #size} it is zero. */
    private byte[] memory = {};

    private @Nullable SpillFile spill;
    private long size;
    private volatile boolean closed;

    long size() {
        return size;
    }

    boolean isClosed() {
        return closed;
    }

    /** Reads as much as there is; 0 at or behind the end, which a negative offset stands for. */
    int read(long offset, byte[] into, int at, int count) throws IOException {
        int available = available(offset, count);
        if (available == 0) {
            return 0;
        }
        if (spill != null) {
            return spill.read(offset, into, at, available);
        }
        System.arraycopy(memory, (int) offset, into, at, available);
        return available;
    }

    int read(long offset, MemorySegment into) throws IOException {
        int available = available(offset, into.byteSize());
        if (spill == null) {
            if (available > 0) {
                MemorySegment.copy(memory, (int) offset, into, ValueLayout.JAVA_BYTE, 0, available);
            }
            return available;
        }
        byte[] piece = new byte[Math.min(available, PIECE)];
        int done = 0;
        while (done < available) {
            int read = spill.read(offset + done, piece, 0, Math.min(piece.length, available - done));
            if (read == 0) {
                break;
            }
            MemorySegment.copy(piece, 0, into, ValueLayout.JAVA_BYTE, done, read);
            done += read;
        }
        return done;
    }

    private int available(long offset, long count) {
        return offset < 0 || offset >= size ? 0 : (int) Math.min(Math.min(size - offset, count), Integer.MAX_VALUE);
    }

    /** Writes all of {@code bytes}. A gap before {@code offset} is filled with zeros. */
    void write(long offset, ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        long end = offset + count;
        if (end > size) {
            resize(end);
        }
        if (spill == null) {
            bytes.get(memory, (int) offset, count);
            return;
        }
        byte[] piece = new byte[Math.min(count, PIECE)];
        for (long at = offset; bytes.hasRemaining(); ) {
            int next = Math.min(piece.length, bytes.remaining());
            bytes.get(piece, 0, next);
            spill.write(at, piece, next);
            at += next;
        }
    }

    /** Cuts the end off, or adds zeros. */
    void resize(long newSize) throws IOException {
        if (newSize == 0) {
            releaseSpill();
            memory = new byte[0];
        } else if (spill != null) {
            spill.resize(newSize);
        } else if (newSize <= LARGEST_IN_MEMORY) {
            resizeMemory((int) newSize);
        } else {
            SpillFile file = SpillFile.create();
            try {
                file.write(0, memory, (int) size);
                file.resize(newSize);
            } catch (IOException e) {
                file.close();
                throw e;
            }
            spill = file;
            memory = new byte[0];
        }
        size = newSize;
    }

    private void resizeMemory(int newSize) {
        if (newSize > memory.length) {
            memory = Arrays.copyOf(memory, Math.min(LARGEST_IN_MEMORY, Math.max(newSize, 2 * memory.length)));
        } else if (newSize < memory.length / 4) {
            memory = Arrays.copyOf(memory, newSize);
        } else if (newSize < size) {
            Arrays.fill(memory, newSize, (int) size, (byte) 0);
        }
    }

    private void releaseSpill() {
        if (spill != null) {
            spill.close();
            spill = null;
        }
    }

    /** Releases the host's file. The content must not be read afterwards. */
    @Override
    public void close() {
        closed = true;
        if (spill != null) {
            spill.close();
        } else {
            memory = new byte[0];
        }
    }
}
