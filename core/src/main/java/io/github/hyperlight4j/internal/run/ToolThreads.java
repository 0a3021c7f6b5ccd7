package io.github.hyperlight4j.internal.run;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/**
 * The threads on which tools run: not the run's own, so that a tool that hangs can be left behind. They are platform
 * threads, reused: a tool that spins or blocks for good would keep one of the few carriers of virtual threads from
 * everybody.
 */
final class ToolThreads {

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("hyperlight4j-tool-", 1).daemon().factory());

    private ToolThreads() {}

    static void start(FutureTask<?> task) {
        THREADS.execute(task);
    }
}
