package io.github.hyperlight4j.internal.files;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file: in memory while they are few, otherwise in blocks of the tree's {@link ContentStore}. Written by one
 * thread; after that, read by any.
 */
final class FileContent implements AutoCloseable {

    private static final int LARGEST_IN_MEMORY = 256 << 10;
    private static final int BLOCK = ContentStore.BLOCK;
    private static final byte[] NONE = {};

    private final ContentStore store;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** The bytes, and zeros behind {@link #size}. Empty if the file is in blocks, or closed. */
    private byte[] memory = NONE;

    /** The store's blocks by those of the file, if the file is not in memory. A missing block is all zeros. */
    private @Nullable NavigableMap<Long, Long> blocks;

    private long size;

    FileContent(ContentStore store) {
        this.store = store;
    }

    long size() {
        return size;
    }

    boolean isInMemory() {
        return blocks == null;
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Reads as much as there is; 0 at or behind the end. A negative offset is an unsigned one, far behind it. */
    int read(long offset, byte[] into, int at, int count) throws IOException {
        int available = available(offset, count);
        if (blocks == null) {
            if (available > 0) {
                System.arraycopy(memory(), (int) offset, into, at, available);
            }
            return available;
        }
        for (int done = 0; done < available; ) {
            int inBlock = (int) ((offset + done) % BLOCK);
            int piece = Math.min(BLOCK - inBlock, available - done);
            Long block = blocks.get((offset + done) / BLOCK);
            if (block == null) {
                Arrays.fill(into, at + done, at + done + piece, (byte) 0);
            } else {
                store.read(block, inBlock, into, at + done, piece);
            }
            done += piece;
        }
        return available;
    }

    int read(long offset, MemorySegment into) throws IOException {
        int available = available(offset, into.byteSize());
        if (blocks == null) {
            if (available > 0) {
                MemorySegment.copy(memory(), (int) offset, into, ValueLayout.JAVA_BYTE, 0, available);
            }
            return available;
        }
        byte[] piece = new byte[Math.min(available, 4 * BLOCK)];
        for (int done = 0; done < available; ) {
            int read = read(offset + done, piece, 0, Math.min(piece.length, available - done));
            MemorySegment.copy(piece, 0, into, ValueLayout.JAVA_BYTE, done, read);
            done += read;
        }
        return available;
    }

    /** Fails if another thread has closed the file: it has no memory then. */
    private byte[] memory() throws IOException {
        byte[] found = memory;
        if (found.length < size) {
            throw new IOException("The output file was closed");
        }
        return found;
    }

    private int available(long offset, long count) {
        return offset < 0 || offset >= size ? 0 : (int) Math.min(Math.min(size - offset, count), Integer.MAX_VALUE);
    }

    /** Writes all of {@code bytes}. A gap before {@code offset} is filled with zeros. */
    void write(long offset, ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        if (offset + count > size) {
            resize(offset + count);
        }
        if (blocks == null) {
            bytes.get(memory, (int) offset, count);
            return;
        }
        byte[] piece = new byte[Math.min(count, BLOCK)];
        for (long at = offset; bytes.hasRemaining(); ) {
            int next = Math.min(bytes.remaining(), BLOCK - (int) (at % BLOCK));
            bytes.get(piece, 0, next);
            writeBlock(blocks, at, piece, 0, next);
            at += next;
        }
    }

    private void writeBlock(NavigableMap<Long, Long> blocks, long offset, byte[] from, int at, int count)
            throws IOException {
        Long block = blocks.get(offset / BLOCK);
        if (block == null) {
            block = store.takeBlock();
            blocks.put(offset / BLOCK, block);
        }
        store.write(block, (int) (offset % BLOCK), from, at, count);
    }

    /** Cuts the end off, or adds zeros. */
    void resize(long newSize) throws IOException {
        if (newSize == 0) {
            release();
        } else if (blocks != null) {
            cut(blocks, newSize);
        } else if (newSize > LARGEST_IN_MEMORY || !resizeMemory((int) newSize)) {
            spill();
        }
        size = newSize;
    }

    /** {@return whether it fits into memory} */
    private boolean resizeMemory(int newSize) {
        if (newSize > memory.length || newSize < memory.length / 4) {
            int length = newSize < memory.length
                    ? newSize
                    : Math.min(LARGEST_IN_MEMORY, Math.max(newSize, 2 * memory.length));
            if (!store.takeMemory(length - memory.length)) {
                return false;
            }
            memory = Arrays.copyOf(memory, length);
        } else if (newSize < size) {
            Arrays.fill(memory, newSize, (int) size, (byte) 0);
        }
        return true;
    }

    /** Moves the bytes from memory to blocks. */
    private void spill() throws IOException {
        NavigableMap<Long, Long> moved = new TreeMap<>();
        try {
            for (int at = 0; at < size; at += BLOCK) {
                writeBlock(moved, at, memory, at, (int) Math.min(BLOCK, size - at));
            }
        } catch (IOException e) {
            moved.values().forEach(store::giveBlock);
            throw e;
        }
        store.giveMemory(memory.length);
        memory = NONE;
        blocks = moved;
    }

    private void cut(NavigableMap<Long, Long> blocks, long newSize) throws IOException {
        if (newSize >= size) {
            return;
        }
        Long last = blocks.get(newSize / BLOCK);
        int inLast = (int) (newSize % BLOCK);
        if (last != null && inLast > 0) {
            store.clear(last, inLast, (int) Math.min(BLOCK, inLast + (size - newSize)));
        }
        NavigableMap<Long, Long> gone = blocks.tailMap((newSize + BLOCK - 1) / BLOCK, true);
        gone.values().forEach(store::giveBlock);
        gone.clear();
    }

    /** Makes the file empty, and its memory and blocks free for other files. */
    void release() {
        if (blocks != null) {
            blocks.values().forEach(store::giveBlock);
            blocks = null;
        }
        store.giveMemory(memory.length);
        memory = NONE;
        size = 0;
    }

    /** Ends reading, once nothing is written any more. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (blocks == null) {
            store.giveMemory(memory.length);
            memory = NONE;
        } else {
            store.leave();
        }
    }
}
