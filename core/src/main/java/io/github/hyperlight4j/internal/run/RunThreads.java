package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.internal.thread.DaemonThreads;
import io.github.hyperlight4j.internal.thread.StackRoom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads for calls into micro-VMs that the caller's own thread must not make: a native call would keep the carrier of a
 * virtual thread, of which there are as many as processors, for as long as a program takes; and on a stack that is almost full,
 * a stack overflow between the native library's call of Java and the handler there would end the JVM. Handing a call over
 * costs two changes of threads.
 */
final class RunThreads {

    private static final ExecutorService THREADS = DaemonThreads.pool("hyperlight4j-run-");

    private RunThreads() {}

    /**
     * Does work on a thread that may be in native code for long and has room on its stack, in the scope of the tool that the
     * caller is in. The work is interrupted when the caller is.
     *
     * @throws StackOverflowError if the caller's stack has not even room to hand the work over; nothing has been done then
     */
    static <T> T call(Supplier<T> work) {
        boolean isVirtual = Thread.currentThread().isVirtual();
        if (!isVirtual && StackRoom.isAmple()) {
            return work.get();
        }
        StackRoom.require();
        ToolScope scope = ToolScope.current();
        Handover<T> handover = new Handover<>(scope == null ? work : () -> scope.call(work));
        THREADS.execute(handover);
        return handover.await();
    }

    /** Work that is done by one thread while another waits for it. */
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
