package io.github.hyperlight4j.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A virtual thread's work is done by a platform thread, as if it had done it itself. */
@Timeout(30)
class RunThreadsTest {

    @Test
    void onlyVirtualThreadsAreReplaced() throws Exception {
        assertSame(Thread.currentThread(), RunThreads.call(Thread::currentThread));
        FutureTask<Thread> virtual = new FutureTask<>(() -> RunThreads.call(Thread::currentThread));
        Thread.ofVirtual().start(virtual);
        assertFalse(virtual.get().isVirtual());
    }

    /** Or a stack overflow between native code and Java would end the JVM. */
    @Test
    void callerWithLittleStackLeftIsReplaced() throws Exception {
        FutureTask<Boolean> deep = new FutureTask<>(() -> isReplacedAtTheEndOfTheStack());
        Thread.ofPlatform().stackSize(1 << 20).start(deep);
        assertTrue(deep.get());
    }

    @SuppressWarnings("InfiniteRecursion") // Until the stack is full.
    private static boolean isReplacedAtTheEndOfTheStack() {
        try {
            return isReplacedAtTheEndOfTheStack();
        } catch (StackOverflowError e) {
            return RunThreads.call(Thread::currentThread)
                    != Thread.currentThread(); // If too deep, the frame above tries.
        }
    }

    /** Or a tool that runs a program, and then one in its own sandbox, would wait for itself. */
    @Test
    void toolStaysInItsScope() throws Exception {
        for (Thread.Builder threads : List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
            ToolScope run = new ToolScope(null);
            FutureTask<List<Boolean>> tool = new FutureTask<>(() -> run.call(() -> List.of(
                    run.holdsCurrentThread(), RunThreads.call(run::holdsCurrentThread), run.holdsCurrentThread())));
            threads.start(tool);
            assertEquals(List.of(true, true, true), tool.get());
        }
    }

    @Test
    void exceptionsAreTheCallers() throws Exception {
        FutureTask<Object> virtual = new FutureTask<>(() -> RunThreads.call(() -> {
            throw new IllegalStateException("from the work");
        }));
        Thread.ofVirtual().start(virtual);
        ExecutionException e = assertThrows(ExecutionException.class, virtual::get);
        assertEquals("java.lang.IllegalStateException: from the work", String.valueOf(e.getCause()));
    }

    @Test
    void interruptReachesTheWorkAndStaysWithTheCaller() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Boolean> virtual = new FutureTask<>(() -> {
            boolean wasInterrupted = RunThreads.call(() -> {
                begun.countDown();
                while (!Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
                return true;
            });
            return wasInterrupted && Thread.currentThread().isInterrupted();
        });
        Thread thread = Thread.ofVirtual().start(virtual);
        begun.await();
        thread.interrupt();
        assertTrue(virtual.get());
    }

    @Test
    void interruptIsNotLeftForTheNextWork() throws Exception {
        for (int i = 0; i < 200; i++) {
            FutureTask<Boolean> interrupted = new FutureTask<>(() -> {
                Thread.currentThread().interrupt();
                return RunThreads.call(() -> Thread.currentThread().isInterrupted());
            });
            Thread.ofVirtual().start(interrupted);
            interrupted.get();
            FutureTask<Boolean> next = new FutureTask<>(
                    () -> RunThreads.call(() -> Thread.currentThread().isInterrupted()));
            Thread.ofVirtual().start(next);
            assertFalse(next.get());
        }
    }
}
