package io.github.hyperlight4j.internal.files;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of a tree's files are: so much in memory, the rest in blocks of one file on the host. However many
 * files a program makes, they take no more memory than that, and one descriptor.
 */
final class ContentStore implements AutoCloseable {

    /** Bytes in a block: what a file of one byte may take on the host's disk. */
    static final int BLOCK = 16 << 10;

    private static final long MOST_IN_MEMORY = 8 << 20;

    private static final byte[] ZEROS = new byte[BLOCK];

    private final Deque<Long> free = new ArrayDeque<>();
    private final AtomicInteger readers = new AtomicInteger();
    private long inMemory;
    private long blocks;
    private @Nullable SpillFile spill;

    /** {@return whether there may be so many bytes more in memory} They count from now on if so. */
    boolean takeMemory(long bytes) {
        if (bytes > MOST_IN_MEMORY - inMemory) {
            return false;
        }
        inMemory += bytes;
        return true;
    }

    void giveMemory(long bytes) {
        inMemory -= bytes;
    }

    /** {@return a block whose bytes are all zero} */
    long takeBlock() throws IOException {
        if (spill == null) {
            spill = SpillFile.create();
        }
        Long used = free.poll();
        if (used == null) {
            return blocks++;
        }
        try {
            spill.write(used * BLOCK, ZEROS, 0, BLOCK);
        } catch (IOException e) {
            free.push(used);
            throw e;
        }
        return used;
    }

    void giveBlock(long block) {
        free.push(block);
    }

    void read(long block, int offset, byte[] into, int at, int count) throws IOException {
        int read = spill().read(block * BLOCK + offset, into, at, count);
        // Behind what was written last, the host's file has ended.
        Arrays.fill(into, at + read, at + count, (byte) 0);
    }

    void write(long block, int offset, byte[] from, int at, int count) throws IOException {
        spill().write(block * BLOCK + offset, from, at, count);
    }

    /** Makes the bytes from {@code offset} to {@code end} zero. */
    void clear(long block, int offset, int end) throws IOException {
        spill().write(block * BLOCK + offset, ZEROS, 0, end - offset);
    }

    private SpillFile spill() {
        if (spill == null) {
            throw new IllegalStateException("No block was taken");
        }
        return spill;
    }

    /**
     * Ends writing: from now on only so many files read blocks.
     *
     * @param count how many will call {@link #leave}
     */
    void keepFor(int count) {
        readers.set(count);
        if (count == 0) {
            close();
        }
    }

    /** Called once by each that reads blocks, by any thread. The last one releases the host's file. */
    void leave() {
        if (readers.decrementAndGet() == 0) {
            close();
        }
    }

    /** Releases the host's file. */
    @Override
    public void close() {
        if (spill != null) {
            spill.close();
        }
    }
}
