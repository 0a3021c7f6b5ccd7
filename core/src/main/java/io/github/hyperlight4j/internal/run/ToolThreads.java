package io.github.hyperlight4j.internal.run;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The threads on which tools run: not the run's own, so that a tool that hangs can be left behind. They are platform
 * threads, reused: a tool that spins or blocks for good, and was left behind, would keep one of the few carriers of virtual
 * threads from everybody. How many there are is bounded by the number of runs and by each run's limit.
 */
final class ToolThreads {

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("hyperlight4j-tool-", 1).daemon().factory());

    private ToolThreads() {}

    static void start(Runnable task) {
        THREADS.execute(task);
    }
}
