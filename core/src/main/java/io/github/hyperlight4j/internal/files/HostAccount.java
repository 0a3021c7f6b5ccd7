package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.ByteSize;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The account of what the process's runs, and results that are not closed, hold on the host: heap for files, temporary files,
 * and bytes in them. A quota of {@link io.github.hyperlight4j.Limits} bounds one run; this bounds all of them.
 */
final class HostAccount {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.files");

    private static final String SPILLED_BYTES = "hyperlight4j.spilledBytes";
    private static final String SPILLED_FILES = "hyperlight4j.spilledFiles";

    /** From one collection, or line in the log, to the next: programs decide how often the account is full. */
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);

    private static final long CLEANING_PAUSE = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int CLEANING_PAUSES = 50;

    private static @Nullable HostAccount ofProcess;

    private final Budget heap;
    private final Budget bytes;
    private final Budget files;

    /** Bytes in temporary files of results. Only a result can be garbage. */
    private final AtomicLong bytesOfResults = new AtomicLong();

    private final AtomicLong filesOfResults = new AtomicLong();
    private final AtomicLong lastCollection = new AtomicLong(System.nanoTime() - INTERVAL);
    private final AtomicLong lastReport = new AtomicLong(System.nanoTime() - INTERVAL);

    HostAccount(long mostHeap, long mostBytes, long mostFiles) {
        heap = new Budget(mostHeap);
        bytes = new Budget(mostBytes);
        files = new Budget(mostFiles);
    }

    /** Returns the account of the process, which the system properties set. */
    static synchronized HostAccount ofProcess() {
        HostAccount found = ofProcess;
        if (found == null) {
            found = new HostAccount(
                    Runtime.getRuntime().maxMemory() / 8,
                    property(SPILLED_BYTES, 1L << 30),
                    property(SPILLED_FILES, 256));
            ofProcess = found;
        }
        return found;
    }

    private static long property(String name, long usual) {
        String text = System.getProperty(name);
        if (text == null) {
            return usual;
        }
        try {
            long number = Long.parseLong(text.strip());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        LOG.log(
                Level.WARNING,
                "The system property {0} must be a number of 0 or more, and is {1}: it is ignored",
                name,
                text);
        return usual;
    }

    /** The account is full: results are not closed, or more runs than it was made for write large files. */
    static final class FullException extends IOException {

        private static final long serialVersionUID = 1L;

        FullException(String message) {
            super(message);
        }
    }

    private static final class Budget {

        private final long limit;
        private final AtomicLong taken = new AtomicLong();

        Budget(long limit) {
            this.limit = limit;
        }

        boolean tryTake(long count) {
            if (taken.addAndGet(count) <= limit) {
                return true;
            }
            taken.addAndGet(-count);
            return false;
        }

        void give(long count) {
            taken.addAndGet(-count);
        }
    }

    /** Takes heap; returns whether there was enough. */
    boolean tryTakeHeap(long count) {
        return heap.tryTake(count);
    }

    void giveHeap(long count) {
        heap.give(count);
    }

    /** Takes a temporary file. */
    void takeFile() throws FullException {
        take(files, 1);
    }

    /** Takes bytes in a temporary file. */
    void takeBytes(long count) throws FullException {
        take(bytes, count);
    }

    private void take(Budget budget, long count) throws FullException {
        if (!budget.tryTake(count) && !takeAfterCollection(() -> budget.tryTake(count))) {
            String message = full();
            if (isDue(lastReport)) {
                LOG.log(Level.WARNING, message);
            }
            throw new FullException(message);
        }
    }

    private String full() {
        return "The files of sandboxes have " + ByteSize.ofBytes(bytes.taken.get()) + " in " + files.taken.get()
                + " temporary files; the process's limits are " + ByteSize.ofBytes(bytes.limit) + " and " + files.limit
                + ". Close each RunResult when its files have been read, or raise the system properties "
                + SPILLED_BYTES
                + " and " + SPILLED_FILES + ". Until then, programs get ENOSPC";
    }

    /** Notes that a temporary file belongs to a result from now on. */
    void becomesResult(long size) {
        filesOfResults.incrementAndGet();
        bytesOfResults.addAndGet(size);
    }

    /** Gives a temporary file back. */
    void give(long size, boolean isResult) {
        if (isResult) {
            filesOfResults.decrementAndGet();
            bytesOfResults.addAndGet(-size);
        }
        bytes.give(size);
        files.give(1);
    }

    /**
     * Tries again after a garbage collection. The collector does not know of temporary files, so an application that drops
     * results without closing them might not cause a collection for long. Not tried where it cannot help, as the files are
     * those of runs in progress.
     */
    private boolean takeAfterCollection(BooleanSupplier take) {
        boolean canHelp = filesOfResults.get() >= files.limit / 2 || bytesOfResults.get() >= bytes.limit / 2;
        if (!canHelp || !isDue(lastCollection)) {
            return false;
        }
        System.gc();
        for (int pause = 0; pause < CLEANING_PAUSES; pause++) {
            if (take.getAsBoolean()) {
                return true;
            }
            LockSupport.parkNanos(this, CLEANING_PAUSE);
        }
        return false;
    }

    /** Returns whether the interval since the last time is over, and begins a new one then. */
    private static boolean isDue(AtomicLong last) {
        long before = last.get();
        long now = System.nanoTime();
        return now - before >= INTERVAL && last.compareAndSet(before, now);
    }

    /** Returns the temporary files that are held. */
    long files() {
        return files.taken.get();
    }

    /** Returns the bytes that are held in temporary files. */
    long bytes() {
        return bytes.taken.get();
    }

    /** Returns the heap that is held. */
    long heap() {
        return heap.taken.get();
    }
}
