package io.github.hyperlight4j.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.internal.thread.DaemonThreads;
import io.github.hyperlight4j.testing.ChildJvm;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every run that is over gets killed, whatever happens to others. */
@Timeout(30)
class WatchdogTest {

    private final Executor killers = DaemonThreads.pool("test-kill-");
    private final Watchdog watchdog = new Watchdog(DaemonThreads.factory("test-watchdog-"), killers);

    @Test
    void runThatIsOverIsKilledUntilItHasReturned() throws InterruptedException {
        CountDownLatch killed = new CountDownLatch(3);
        AtomicInteger kills = new AtomicInteger();
        try (Watchdog.Watch _ = watchdog.watch(() -> true, () -> {
            kills.incrementAndGet();
            killed.countDown();
        })) {
            killed.await();
        }
        int before = kills.get();
        Thread.sleep(50);
        assertEquals(before, kills.get());
    }

    @Test
    void whatACheckThrowsConcernsOnlyItsRun() throws InterruptedException {
        OutOfMemoryError error = new OutOfMemoryError("of this test");
        try (Watchdog.Watch broken = watchdog.watch(
                () -> {
                    throw error;
                },
                () -> {})) {
            assertKills();
            assertSame(error, broken.failure());
        }
        try (Watchdog.Watch broken = watchdog.watch(() -> true, () -> {
            throw error;
        })) {
            assertKills();
            assertSame(error, broken.failure());
        }
    }

    @Test
    void killThatHangsDelaysNoOtherRun() throws InterruptedException {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Watchdog.Watch hung = watchdog.watch(() -> true, () -> {
            hanging.countDown();
            awaitQuietly(end);
        });
        hanging.await();
        for (int i = 0; i < 20; i++) {
            assertKills();
        }
        end.countDown();
        hung.close();
    }

    @Test
    void killsWithoutAnyThreadForThem() throws InterruptedException {
        Watchdog alone = new Watchdog(DaemonThreads.factory("test-watchdog-"), _ -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
        CountDownLatch killed = new CountDownLatch(3);
        try (Watchdog.Watch _ = alone.watch(() -> true, killed::countDown)) {
            killed.await();
        }
    }

    /** A moment without free threads fails one run, not all that follow. */
    @Test
    void threadThatCannotBeHadIsStartedForTheNextRun() throws InterruptedException {
        ThreadFactory threads = DaemonThreads.factory("test-watchdog-");
        AtomicInteger failures = new AtomicInteger(2);
        AtomicInteger kills = new AtomicInteger();
        Watchdog starved = new Watchdog(
                task -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    return threads.newThread(task);
                },
                killers);
        for (int i = 0; i < 2; i++) {
            assertThrows(OutOfMemoryError.class, () -> starved.watch(() -> true, kills::incrementAndGet));
        }
        CountDownLatch killed = new CountDownLatch(1);
        try (Watchdog.Watch _ = starved.watch(() -> true, killed::countDown)) {
            killed.await();
        }
        assertEquals(0, kills.get(), "what could not be watched has not begun");
    }

    @Test
    void threadThatDiedIsReplacedWhenTheNextRunBegins() throws Exception {
        AtomicReference<Thread> first = new AtomicReference<>();
        Watchdog replaced = new Watchdog(
                task -> {
                    Thread thread = Thread.ofPlatform().daemon().unstarted(first.get() == null ? () -> {} : task);
                    first.compareAndSet(null, thread);
                    return thread;
                },
                killers);
        replaced.watch(() -> false, () -> {}).close();
        first.get().join();
        CountDownLatch killed = new CountDownLatch(1);
        try (Watchdog.Watch _ = replaced.watch(() -> true, killed::countDown)) {
            killed.await();
        }
    }

    @Test
    void sleepingThreadWakesForTheNextRun() throws InterruptedException {
        assertKills();
        Thread.sleep(1500);
        assertKills();
    }

    /** Or it would fail where no memory is left. In a JVM of its own, for the module that counts allocations. */
    @Test
    void checkingAllocatesNothing() throws Exception {
        assertEquals(List.of("0"), ChildJvm.run(Allocations.class, List.of("-Xmx64m"), List.of()));
    }

    /** Prints the bytes that fifty checks of a run allocate. */
    static final class Allocations {

        public static void main(String[] args) throws Exception {
            AtomicReference<Thread> thread = new AtomicReference<>();
            CountDownLatch warm = new CountDownLatch(20);
            CountDownLatch checked = new CountDownLatch(70);
            Watchdog measured = new Watchdog(
                    task -> {
                        thread.set(Thread.ofPlatform().daemon().unstarted(task));
                        return thread.get();
                    },
                    Runnable::run);
            Object threads = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            Method allocated =
                    Class.forName("com.sun.management.ThreadMXBean").getMethod("getThreadAllocatedBytes", long.class);
            try (Watchdog.Watch _ = measured.watch(
                    () -> {
                        warm.countDown();
                        checked.countDown();
                        return false;
                    },
                    () -> {})) {
                warm.await();
                long before = (long) allocated.invoke(threads, thread.get().threadId());
                checked.await();
                System.out.println((long) allocated.invoke(threads, thread.get().threadId()) - before);
            }
        }
    }

    private void assertKills() throws InterruptedException {
        CountDownLatch killed = new CountDownLatch(1);
        try (Watchdog.Watch _ = watchdog.watch(() -> true, killed::countDown)) {
            assertTrue(killed.await(2, TimeUnit.SECONDS));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
