package io.github.hyperlight4j.internal.run;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of arguments and answers of the tool calls that are in progress, waiting to start, or waiting to be fetched, in all runs
 * of the process. Programs choose how many there are.
 */
final class ToolMemory {

    private static final long LARGEST_SHARE_OF_RUN = 64 << 20;

    private static final ToolMemory OF_PROCESS =
            new ToolMemory(Math.max(16 << 20, Runtime.getRuntime().maxMemory() / 8));

    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    ToolMemory(long limit) {
        this.limit = limit;
    }

    /** Returns the memory that all runs share: an eighth of the heap. */
    static ToolMemory ofProcess() {
        return OF_PROCESS;
    }

    /** Returns the bytes of waiting arguments, and as many of waiting answers, that one run may take. */
    long shareOfRun() {
        return Math.min(LARGEST_SHARE_OF_RUN, limit / 4);
    }

    /** Takes bytes if there are as many; returns whether there were. */
    boolean tryTake(long bytes) {
        if (taken.addAndGet(bytes) <= limit) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    /** Takes bytes beyond the limit, if need be: for what exists already, or lest a run should wait for others. */
    void take(long bytes) {
        taken.addAndGet(bytes);
    }

    void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** Returns the bytes that are taken. */
    long taken() {
        return taken.get();
    }
}
