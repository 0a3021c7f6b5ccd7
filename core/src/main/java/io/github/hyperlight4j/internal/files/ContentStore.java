package io.github.hyperlight4j.internal.files;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a tree's files: some in memory, the rest in blocks of one temporary file. However many files a program makes,
 * they take a bounded part of the heap, and one descriptor.
 */
final class ContentStore implements AutoCloseable {

    /** Bytes in a block, which a file of one byte takes on the host's disk. */
    static final int BLOCK = 16 << 10;

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.files");
    private static final long MOST_IN_MEMORY = 8 << 20;
    private static final byte[] ZEROS = new byte[BLOCK];

    private final HostAccount account;
    private final Deque<Long> free = new ArrayDeque<>();
    private final AtomicInteger readers = new AtomicInteger();
    private @Nullable Memory memory;
    private Cleaner.@Nullable Cleanable memoryRelease;
    private long blocks;
    private @Nullable SpillFile spill;

    ContentStore(HostAccount account) {
        this.account = account;
    }

    /** The heap that the store holds. Given back once, by whatever comes first: closing, or the cleaner. */
    private record Memory(HostAccount account, AtomicLong held) implements Runnable {

        boolean tryTake(long bytes) {
            if (held.get() + bytes > MOST_IN_MEMORY || !account.tryTakeHeap(bytes)) {
                return false;
            }
            held.addAndGet(bytes);
            return true;
        }

        void give(long bytes) {
            held.addAndGet(-bytes);
            account.giveHeap(bytes);
        }

        @Override
        public void run() {
            account.giveHeap(held.getAndSet(0));
        }
    }

    /** Takes memory; returns whether there was enough. A negative number gives some back. */
    boolean takeMemory(long bytes) {
        if (bytes <= 0) {
            giveMemory(-bytes);
            return true;
        }
        if (memory == null) {
            Memory made = new Memory(account, new AtomicLong());
            try {
                memoryRelease = HostCleaner.register(this, made);
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "Files are kept in a temporary file", e);
                return false;
            }
            memory = made;
        }
        return memory.tryTake(bytes);
    }

    /** Gives memory back. May be called by any thread once nothing is written any more. */
    void giveMemory(long bytes) {
        if (memory != null && bytes > 0) {
            memory.give(bytes);
        }
    }

    /** {@return a block whose bytes are all zero} */
    long takeBlock() throws IOException {
        if (spill == null) {
            spill = SpillFile.create(account);
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
     * Ends writing: from now on the store's files are those of a result.
     *
     * @param count the number of files in blocks, each of which calls {@link #leave} once
     */
    void keepFor(int count) {
        readers.set(count);
        if (spill != null && count == 0) {
            spill.close();
        } else if (spill != null) {
            spill.becomeResult();
        }
    }

    /** Notes that a file in blocks is not read any more. The last one releases the temporary file. Thread-safe. */
    void leave() {
        if (readers.decrementAndGet() == 0 && spill != null) {
            spill.close();
        }
    }

    /** Releases everything. */
    @Override
    public void close() {
        if (spill != null) {
            spill.close();
        }
        if (memoryRelease != null) {
            memoryRelease.clean();
        }
    }
}
