package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.internal.thread.DaemonThreads;
import java.lang.System.Logger.Level;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads on which the tools and the listener of one configuration run: not the run's own, so that a tool that hangs can be abandoned, and
 * not another configuration's, so that nothing that a tool leaves in a thread local reaches another tenant's tools. They are
 * platform threads: an abandoned tool that spins or blocks for good would keep a virtual thread's carrier. The limits of
 * the runs bound their number.
 *
 * <p>Abandoned tools are bounded by configuration. Those beyond a configuration's own bound, of runs that were in progress
 * when it was reached, do not count for the process: no configuration takes more than its share of that bound.
 */
public final class ToolThreads {

    /** Abandoned tools of a configuration at which it calls no further one. {@code Tool} names the number. */
    static final int MOST_ABANDONED = 64;

    /** Abandoned tools, as far as they are within their configurations' bounds, at which the process calls no further one. */
    static final int MOST_ABANDONED_IN_PROCESS = 1000;

    /** Short, since an application may make a configuration for each request. */
    private static final int IDLE_SECONDS = 2;

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.run");

    private static final AtomicInteger ABANDONED_IN_PROCESS = new AtomicInteger();

    private final Abandoned abandoned;
    /** Guarded by this. */
    private @Nullable ExecutorService threads;

    /** Makes the threads of a configuration. None is started before the first task. */
    public ToolThreads() {
        this(new Abandoned());
    }

    private ToolThreads(Abandoned abandoned) {
        this.abandoned = abandoned;
    }

    /**
     * {@return the threads of a configuration that is derived from this one}
     *
     * They are threads of its own, but abandoned tools are counted together: an application may derive a configuration for each
     * request.
     */
    public ToolThreads derive() {
        return new ToolThreads(abandoned);
    }

    /**
     * Starts a task.
     *
     * @throws RejectedExecutionException if too many tools are abandoned
     * @throws OutOfMemoryError if there is no thread to be had
     */
    void start(Task task) {
        abandoned.requireFew();
        try {
            pool().execute(task);
        } catch (Throwable e) {
            task.end();
            throw e;
        }
    }

    /** Executes a task that is not a tool: the calls of a listener. */
    void execute(Runnable task) {
        pool().execute(task);
    }

    private synchronized ExecutorService pool() {
        if (threads == null) {
            threads = new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    DaemonThreads.factory("hyperlight4j-tool-"));
        }
        return threads;
    }

    /** The number of abandoned tools of a configuration and those derived from it. */
    private static final class Abandoned {

        private int count;

        synchronized void requireFew() {
            if (count >= MOST_ABANDONED) {
                throw new RejectedExecutionException(count + " tools of ended runs of this configuration go on, since"
                        + " they ignore interrupts: no further one is called until some of them return");
            }
            if (ABANDONED_IN_PROCESS.get() >= MOST_ABANDONED_IN_PROCESS) {
                throw new RejectedExecutionException(MOST_ABANDONED_IN_PROCESS + " tools of ended runs go on in this"
                        + " process, since they ignore interrupts: no further one is called until some of them return");
            }
        }

        synchronized void add() {
            count++;
            if (count <= MOST_ABANDONED) {
                ABANDONED_IN_PROCESS.incrementAndGet();
            }
            if (count == MOST_ABANDONED) {
                LOG.log(
                        Level.WARNING,
                        "{0} tools of ended runs of one configuration go on, since they ignore interrupts: it calls no"
                                + " further one until some of them return",
                        MOST_ABANDONED);
            }
        }

        synchronized void remove() {
            if (count <= MOST_ABANDONED) {
                ABANDONED_IN_PROCESS.decrementAndGet();
            }
            count--;
        }
    }

    /** A tool call on a thread. */
    final class Task implements Runnable {

        private final Runnable work;

        // Below: guarded by this.
        private boolean hasEnded;
        private boolean isAbandoned;

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

        /** Counts the call as abandoned until it ends. */
        synchronized void abandon() {
            if (!hasEnded && !isAbandoned) {
                isAbandoned = true;
                abandoned.add();
            }
        }

        /** Marks the call as ended; for one that could not be started, too. */
        synchronized void end() {
            hasEnded = true;
            if (isAbandoned) {
                isAbandoned = false;
                abandoned.remove();
            }
        }
    }
}
