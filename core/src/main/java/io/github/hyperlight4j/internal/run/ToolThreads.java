package io.github.hyperlight4j.internal.run;

import java.lang.System.Logger.Level;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which tools run: not the run's own, so that a tool that hangs can be left behind. They are platform
 * threads, reused: a tool that spins or blocks for good, and was left behind, would keep one of the few carriers of virtual
 * threads from everybody. How many there are is bounded by the number of runs and by each run's limit, and how many
 * were left behind by a number of its own.
 */
final class ToolThreads {

    /** Tools that go on after their run has ended: at so many, no further one is called. {@code Tool} names the number. */
    static final int MOST_LEFT_BEHIND = 1000;

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.run");
    private static final AtomicInteger LEFT_BEHIND = new AtomicInteger();

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("hyperlight4j-tool-", 1).daemon().factory());

    private ToolThreads() {}

    /**
     * Starts a task.
     *
     * @throws RejectedExecutionException if too many were left behind
     * @throws OutOfMemoryError if there is no thread to be had
     */
    static void start(Task task) {
        if (LEFT_BEHIND.get() >= MOST_LEFT_BEHIND) {
            throw new RejectedExecutionException(MOST_LEFT_BEHIND + " tools of ended runs go on in this process, since"
                    + " they ignore interrupts: no further one is called until some of them return");
        }
        try {
            THREADS.execute(task);
        } catch (OutOfMemoryError e) {
            task.end();
            throw e;
        }
    }

    /** What a thread is to do. */
    static final class Task implements Runnable {

        private final Runnable work;

        // Below: guarded by this.
        private boolean hasEnded;
        private boolean isLeftBehind;

        Task(Runnable work) {
            this.work = work;
        }

        @Override
        public void run() {
            try {
                work.run();
            } finally {
                end();
            }
        }

        /** Nobody waits for it any more. */
        synchronized void leaveBehind() {
            if (!hasEnded && !isLeftBehind) {
                isLeftBehind = true;
                if (LEFT_BEHIND.incrementAndGet() == MOST_LEFT_BEHIND) {
                    LOG.log(Level.WARNING, "{0} tools of ended runs go on: none is called any more", MOST_LEFT_BEHIND);
                }
            }
        }

        private synchronized void end() {
            hasEnded = true;
            if (isLeftBehind) {
                isLeftBehind = false;
                LEFT_BEHIND.decrementAndGet();
            }
        }
    }
}
