package io.github.hyperlight4j.internal.tool;

import java.util.concurrent.TimeUnit;

/**
 * The part of the heap in which the arguments of all tool calls of the process are decoded, and held until their tools
 * return. A configuration may hold as much of it as stays free: after one that takes all it can, half is left to the
 * others, and after two a quarter.
 */
final class ArgumentMemory {

    /** A quarter of the heap. */
    private static final ArgumentMemory PROCESS =
            new ArgumentMemory(Runtime.getRuntime().maxMemory() / 4, TimeUnit.SECONDS.toNanos(10));

    /** Bytes for each byte of JSON: as characters, and again in a text. */
    private static final int PER_BYTE = 4;

    /** Bytes for each name, value, list or dict: the node, its place in another, and the Java value made of it. */
    private static final int PER_VALUE = 100;

    private final long capacity;
    private final long patience;

    // Below: guarded by this.
    private long held;
    private int waiting;

    /**
     * @param capacity in bytes
     * @param patience longest wait for other calls to return, in nanoseconds
     */
    ArgumentMemory(long capacity, long patience) {
        this.capacity = capacity;
        this.patience = patience;
    }

    static ArgumentMemory process() {
        return PROCESS;
    }

    /** Returns the share of a new configuration. */
    Share share() {
        return new Share();
    }

    /** Estimates the memory of decoded arguments, by the characters before values. Texts may turn out to be JSON. */
    static long estimate(byte[] json) {
        long values = 1;
        for (byte b : json) {
            if (b == ',' || b == ':' || b == '[' || b == '{' || b == '\\') {
                values++;
            }
        }
        return (long) PER_BYTE * json.length + PER_VALUE * values;
    }

    /** The memory held by the calls of one configuration. */
    final class Share {

        private long mine; // Guarded by the memory.

        /**
         * Waits until there is room for a call's arguments.
         *
         * @return to be closed when the tool has returned
         * @throws ArgumentException if there is none in time
         * @throws InterruptedException if the run has ended
         */
        Held hold(byte[] json) throws ArgumentException, InterruptedException {
            long size = estimate(json);
            synchronized (ArgumentMemory.this) {
                long start = System.nanoTime();
                while (mine + size > capacity - held - size) {
                    long left = patience - (System.nanoTime() - start);
                    if (left <= 0 || 2 * size > capacity) {
                        throw new ArgumentException(
                                ("they would take about %d KiB of memory, and there is no room beside"
                                                + " those of other calls: call it later, or with less")
                                        .formatted(size >> 10));
                    }
                    waiting++;
                    try {
                        TimeUnit.NANOSECONDS.timedWait(ArgumentMemory.this, left);
                    } finally {
                        waiting--;
                    }
                }
                mine += size;
                held += size;
            }
            return new Held(this, size);
        }

        private void release(long size) {
            synchronized (ArgumentMemory.this) {
                mine -= size;
                held -= size;
                if (waiting > 0) {
                    ArgumentMemory.this.notifyAll();
                }
            }
        }
    }

    /** Memory held by one call. */
    record Held(Share share, long size) implements AutoCloseable {

        @Override
        public void close() {
            share.release(size);
        }
    }
}
