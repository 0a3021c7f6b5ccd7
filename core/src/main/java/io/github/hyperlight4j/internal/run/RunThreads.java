package io.github.hyperlight4j.internal.run;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads on which virtual threads have their runs: a native call would keep such a thread's carrier, of which there
 * are as many as processors, for as long as a program takes. So it waits for a platform thread instead, which costs two
 * changes of threads. Platform threads run themselves what they want run.
 */
final class RunThreads {

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("hyperlight4j-run-", 1).daemon().factory());

    private RunThreads() {}

    /**
     * Does work on a thread that may be in native code for long, in the scope of the tool that the caller is in. The work
     * is interrupted when the caller is.
     */
    static <T> T call(Supplier<T> work) {
        if (!Thread.currentThread().isVirtual()) {
            return work.get();
        }
        ToolScope scope = ToolScope.current();
        Handover<T> handover = new Handover<>(scope == null ? work : () -> scope.call(work));
        THREADS.execute(handover);
        return handover.await();
    }

    /** Work that one thread waits for and another does. */
    private static final class Handover<T> implements Runnable {

        private final FutureTask<T> task;

        // Below: guarded by this.
        private @Nullable Thread thread;
        private boolean interrupted;

        Handover(Supplier<T> work) {
            task = new FutureTask<>(work::get);
        }

        @Override
        public void run() {
            synchronized (this) {
                thread = Thread.currentThread();
                if (interrupted) {
                    thread.interrupt();
                }
            }
            try {
                task.run();
            } finally {
                synchronized (this) {
                    thread = null;
                    boolean _ = Thread.interrupted(); // It was for this work, not for the thread's next.
                }
            }
        }

        T await() {
            boolean wasInterrupted = false;
            try {
                while (true) {
                    try {
                        return task.get();
                    } catch (InterruptedException e) {
                        wasInterrupted = true;
                        interrupt();
                    }
                }
            } catch (ExecutionException e) {
                throw failure(e.getCause());
            } finally {
                if (wasInterrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private synchronized void interrupt() {
            interrupted = true;
            if (thread != null) {
                thread.interrupt();
            }
        }

        private static RuntimeException failure(@Nullable Throwable cause) {
            if (cause instanceof RuntimeException e) {
                return e;
            }
            if (cause instanceof Error e) {
                throw e;
            }
            throw new AssertionError("A supplier throws no checked exceptions", cause);
        }
    }
}
