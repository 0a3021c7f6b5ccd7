package io.github.hyperlight4j.internal.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.HyperlightException.Code;
import io.github.hyperlight4j.PoolStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bookkeeping of a pool, with resources that do nothing. */
@Timeout(60)
class ReadyPoolTest {

    private static final PoolSettings SMALL = new PoolSettings(0, 2, 2, Duration.ofMillis(200), Duration.ofMinutes(1));

    private final Things things = new Things();
    private ReadyPool<Thing> pool = new ReadyPool<>(things, SMALL);

    @AfterEach
    void close() {
        things.mayBeReady.release(1000);
        pool.close();
    }

    @Test
    void minimumIsMadeBeforeItIsWanted() {
        pool = new ReadyPool<>(things, new PoolSettings(2, 3, 2, Duration.ofMillis(200), Duration.ofMinutes(1)));
        await(() -> pool.stats().idle() == 2);
        assertEquals(new PoolStats(2, 0, 0, 0, 2, 0, 0), pool.stats());
    }

    @Test
    void nothingIsMadeBeyondWhatIsWanted() throws Exception {
        Thing first = pool.take();
        assertEquals(new PoolStats(0, 0, 1, 0, 1, 0, 0), pool.stats());
        pool.giveBack(first, true);
        await(() -> pool.stats().idle() == 1);
        assertSame(first, pool.take());
        assertEquals(1, things.made.get());
        assertEquals(2, first.timesReady.get(), "made ready when new, and after its use");
    }

    @Test
    void oneIsNotHandedOutBeforeItIsReady() throws Exception {
        Thing only = pool.take();
        Thing other = pool.take();
        things.mayBeReady.drainPermits();
        pool.giveBack(only, true);
        await(() -> things.mayBeReady.getQueueLength() == 1);
        FutureTask<Thing> waiting = start(pool::take);
        await(() -> pool.stats().waiting() == 1);
        assertEquals(new PoolStats(0, 1, 1, 1, 2, 0, 0), pool.stats());
        assertFalse(waiting.isDone());
        things.mayBeReady.release(1000);
        assertSame(only, waiting.get());
        pool.giveBack(other, true);
    }

    @Test
    void brokenOneIsReplaced() throws Exception {
        Thing broken = pool.take();
        pool.giveBack(broken, false);
        assertTrue(things.ended.contains(broken));
        assertNotSame(broken, pool.take());
        assertEquals(new PoolStats(0, 0, 1, 0, 2, 1, 0), pool.stats());
    }

    @Test
    void waiterGetsTheReplacementOfABrokenOne() throws Exception {
        Thing broken = pool.take();
        pool.take();
        FutureTask<Thing> waiting = start(pool::take);
        await(() -> pool.stats().waiting() == 1);
        pool.giveBack(broken, false);
        assertNotSame(broken, waiting.get());
    }

    @Test
    void waitingTooLongEndsAsBusy() throws Exception {
        pool.take();
        pool.take();
        HyperlightException busy = assertThrows(HyperlightException.class, pool::take);
        assertEquals(Code.BUSY, busy.code());
        assertEquals(new PoolStats(0, 0, 2, 0, 2, 0, 0), pool.stats());
    }

    @Test
    void callerBeyondTheLongestQueueIsRefusedAtOnce() throws Exception {
        pool = new ReadyPool<>(things, new PoolSettings(0, 1, 1, Duration.ofMinutes(1), Duration.ofMinutes(1)));
        Thing only = pool.take();
        FutureTask<Thing> waiting = start(pool::take);
        await(() -> pool.stats().waiting() == 1);
        HyperlightException busy = assertThrows(HyperlightException.class, pool::take);
        assertEquals(Code.BUSY, busy.code());
        pool.giveBack(only, true);
        assertSame(only, waiting.get());
    }

    @Test
    void firstComeIsFirstServed() throws Exception {
        pool = new ReadyPool<>(things, new PoolSettings(0, 1, 9, Duration.ofMinutes(1), Duration.ofMinutes(1)));
        Thing only = pool.take();
        List<FutureTask<Thing>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int before = i;
            waiting.add(start(pool::take));
            await(() -> pool.stats().waiting() == before + 1);
        }
        for (FutureTask<Thing> next : waiting) {
            pool.giveBack(only, true);
            assertSame(only, next.get());
        }
    }

    @Test
    void interruptedWaiterTakesNothing() throws Exception {
        pool = new ReadyPool<>(things, new PoolSettings(0, 1, 9, Duration.ofMinutes(1), Duration.ofMinutes(1)));
        Thing only = pool.take();
        FutureTask<Thing> waiting = new FutureTask<>(pool::take);
        Thread thread = Thread.ofPlatform().start(waiting);
        await(() -> pool.stats().waiting() == 1);
        thread.interrupt();
        ExecutionException e = assertThrows(ExecutionException.class, waiting::get);
        assertTrue(e.getCause() instanceof InterruptedException);
        assertEquals(0, pool.stats().waiting());
        pool.giveBack(only, true);
        await(() -> pool.stats().idle() == 1);
    }

    @Test
    void failureToMakeOneReachesOneWaiterAndTheNextTriesAgain() throws Exception {
        things.failures.set(1);
        HyperlightException failure = assertThrows(HyperlightException.class, pool::take);
        assertEquals(Code.HYPERVISOR, failure.code());
        pool.take();
        assertEquals(new PoolStats(0, 0, 1, 0, 1, 0, 0), pool.stats());
    }

    @Test
    void failuresAreNotRepeatedWithoutAWaitingCaller() throws Exception {
        things.failures.set(Integer.MAX_VALUE);
        pool = new ReadyPool<>(things, new PoolSettings(2, 2, 2, Duration.ofMillis(200), Duration.ofMinutes(1)));
        await(() ->
                things.failures.get() == Integer.MAX_VALUE - 2 && pool.stats().preparing() == 0);
        Thread.sleep(50);
        assertEquals(Integer.MAX_VALUE - 2, things.failures.get());
    }

    @Test
    void idleOnesAreEndedDownToTheMinimum() throws Exception {
        pool = new ReadyPool<>(things, new PoolSettings(1, 3, 9, Duration.ofMinutes(1), Duration.ofMillis(50)));
        List<Thing> taken = List.of(pool.take(), pool.take(), pool.take());
        taken.forEach(thing -> pool.giveBack(thing, true));
        await(() -> pool.stats().discarded() == 2);
        Thread.sleep(150);
        assertEquals(new PoolStats(1, 0, 0, 0, 3, 2, 3), pool.stats());
        assertEquals(2, things.ended.size());
    }

    @Test
    void closingFailsWaitersAndWaitsForTakenResources() throws Exception {
        pool = new ReadyPool<>(things, new PoolSettings(0, 1, 9, Duration.ofMinutes(1), Duration.ofMinutes(1)));
        Thing only = pool.take();
        FutureTask<Thing> waiting = start(pool::take);
        await(() -> pool.stats().waiting() == 1);
        pool.close();
        ExecutionException e = assertThrows(ExecutionException.class, waiting::get);
        assertTrue(e.getCause() instanceof IllegalStateException);
        assertThrows(IllegalStateException.class, pool::take);
        FutureTask<Boolean> empty = start(() -> {
            pool.awaitEmpty();
            return true;
        });
        Thread.sleep(20);
        assertFalse(empty.isDone());
        pool.giveBack(only, true);
        assertTrue(empty.get());
        assertEquals(Set.of(only), things.ended);
    }

    @Test
    void closingEndsWhatIsBeingMadeReady() throws Exception {
        things.mayBeReady.drainPermits();
        FutureTask<Thing> waiting = start(pool::take);
        await(() -> pool.stats().preparing() == 1);
        pool.close();
        things.mayBeReady.release(1000);
        pool.awaitEmpty();
        assertThrows(ExecutionException.class, waiting::get);
        assertEquals(things.made.get(), things.ended.size());
    }

    @Test
    void oneThatCannotBeEndedIsGoneNevertheless() throws Exception {
        things.cannotBeEnded = true;
        pool = new ReadyPool<>(things, new PoolSettings(0, 1, 9, Duration.ofSeconds(30), Duration.ofMinutes(1)));
        Thing only = pool.take();
        FutureTask<Thing> waiting = start(pool::take);
        await(() -> pool.stats().waiting() == 1);
        pool.giveBack(only, false);
        Thing next = waiting.get();
        things.cannotBeMadeReady = true;
        pool.giveBack(next, true);
        await(() -> pool.stats().discarded() == 2 && pool.stats().preparing() == 0);
        things.cannotBeMadeReady = false;
        Thing third = pool.take();
        things.mayBeReady.drainPermits();
        pool.giveBack(third, true);
        await(() -> things.mayBeReady.getQueueLength() == 1);
        pool.close();
        things.mayBeReady.release(1000);
        pool.awaitEmpty();
        assertEquals(new PoolStats(0, 0, 0, 0, 3, 3, 1), pool.stats());
    }

    /** Its user prepares it; no caller waits for a thread of the pool to do so. */
    @Test
    void waitingCallerGetsAUsedResourceAsItIs() throws Exception {
        pool = new ReadyPool<>(things, new PoolSettings(0, 1, 9, Duration.ofMinutes(1), Duration.ofMinutes(1)));
        Thing only = pool.take();
        FutureTask<Thing> waiting = start(pool::take);
        await(() -> pool.stats().waiting() == 1);
        pool.giveBack(only, true);
        assertEquals(only, waiting.get());
        assertEquals(1, only.timesReady.get());
        pool.giveBack(only, true);
        await(() -> pool.stats().idle() == 1);
        assertEquals(2, only.timesReady.get());
    }

    /** Where no thread can be had, nothing is lost: the caller that waits makes a sandbox on its own thread. */
    @Test
    void callersAreServedWithoutAnyThread() throws Exception {
        pool = new ReadyPool<>(things, new PoolSettings(1, 2, 9, Duration.ofSeconds(30), Duration.ofMinutes(1)), _ -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
        for (int round = 0; round < 3; round++) {
            Thing first = pool.take();
            Thing second = pool.take();
            assertNotSame(first, second);
            FutureTask<Thing> waiting = start(pool::take);
            await(() -> pool.stats().waiting() == 1);
            pool.giveBack(first, false);
            Thing third = waiting.get();
            assertNotSame(first, third);
            assertEquals(2, pool.stats().inUse());
            pool.giveBack(second, true);
            pool.giveBack(third, true);
            assertEquals(0, pool.stats().inUse());
            assertEquals(2, pool.stats().preparing(), "kept, and used as they are");
        }
        pool.close();
        pool.awaitEmpty();
        assertEquals(things.made.get(), things.ended.size());
        assertEquals(pool.stats().created(), pool.stats().discarded());
    }

    /** A moment without threads is no more than that. */
    @Test
    void threadsAreStartedOnceTheyCanBeHad() throws Exception {
        AtomicInteger failures = new AtomicInteger(3);
        pool = new ReadyPool<>(
                things, new PoolSettings(0, 2, 9, Duration.ofSeconds(30), Duration.ofMinutes(1)), task -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    return Thread.ofPlatform().daemon().unstarted(task);
                });
        for (int i = 0; i < 5; i++) {
            Thing thing = pool.take();
            pool.giveBack(thing, true);
        }
        await(() -> pool.stats().idle() == 1);
        assertEquals(0, pool.stats().inUse() + pool.stats().preparing());
    }

    @Test
    void memoryThatCannotBeHadLosesNoCapacityAndClosingEnds() throws Exception {
        Thing first = pool.take();
        Thing second = pool.take();
        things.cannotBeMadeReady = true;
        things.cannotBeEnded = true;
        pool.giveBack(first, true);
        pool.giveBack(second, false);
        await(() -> pool.stats().discarded() == 2 && pool.stats().preparing() == 0);
        HyperlightException failure = assertThrows(HyperlightException.class, pool::take);
        assertEquals(Code.INTERNAL, failure.code());
        things.cannotBeMadeReady = false;
        pool.take();
        pool.take();
        assertEquals(2, pool.stats().inUse());
    }

    @Test
    void callerWithoutRoomOnItsStackTakesNothing() throws Exception {
        pool.giveBack(pool.take(), true);
        await(() -> pool.stats().idle() == 1);
        for (int i = 0; i < 3; i++) {
            FutureTask<Boolean> deep = new FutureTask<>(this::takeAtTheEndOfTheStack);
            Thread.ofPlatform().stackSize(256 << 10).start(deep);
            assertTrue(deep.get());
            assertEquals(0, pool.stats().inUse());
        }
        assertEquals(1, pool.stats().idle() + pool.stats().preparing());
    }

    /** Takes from as deep as it can, and gives back what it got. */
    @SuppressWarnings("InfiniteRecursion") // Until the stack is full.
    private boolean takeAtTheEndOfTheStack() throws InterruptedException {
        try {
            return takeAtTheEndOfTheStack();
        } catch (StackOverflowError e) {
            pool.giveBack(pool.take(), true); // If that is too deep, the frame above tries again.
            return true;
        }
    }

    /** It was interrupted first, then served, and then the pool was closed, before it could do anything about it. */
    @Test
    void whatAnInterruptedWaiterGotIsEndedWhenThePoolWasClosedMeanwhile() throws Exception {
        pool = new ReadyPool<>(things, new PoolSettings(0, 1, 9, Duration.ofMinutes(1), Duration.ofMinutes(1)));
        Thing only = pool.take();
        FutureTask<Thing> waiting = new FutureTask<>(pool::take);
        Thread waiter = Thread.ofPlatform().start(waiting);
        await(() -> pool.stats().waiting() == 1);
        FutureTask<Boolean> closed = new FutureTask<>(() -> {
            pool.close();
            pool.awaitEmpty();
            return true;
        });
        pool.lock.lock();
        try {
            Thread.ofPlatform().start(closed);
            await(() -> pool.lock.getQueueLength() == 1);
            waiter.interrupt();
            await(() -> pool.lock.getQueueLength() == 2);
            pool.giveBack(only, true);
        } finally {
            pool.lock.unlock();
        }
        ExecutionException e = assertThrows(ExecutionException.class, waiting::get);
        assertTrue(e.getCause() instanceof InterruptedException);
        assertTrue(closed.get());
        assertEquals(Set.of(only), things.ended);
        assertEquals(new PoolStats(0, 0, 0, 0, 1, 1, 0), pool.stats());
    }

    /** Takers that use, break, are interrupted and give up; nothing is shared, lost or left. */
    @Test
    void nothingIsSharedLostOrLeftUnderLoad() throws Exception {
        pool = new ReadyPool<>(things, new PoolSettings(1, 4, 100, Duration.ofMillis(3), Duration.ofMillis(1)));
        AtomicInteger served = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(12)) {
            List<Future<?>> users = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                users.add(threads.submit(() -> {
                    for (int n = 0; n < 300; n++) {
                        if (n % 10 == 0) {
                            Thread.currentThread().interrupt();
                        }
                        use(served);
                    }
                }));
            }
            for (Future<?> user : users) {
                user.get();
            }
        }
        PoolStats stats = pool.stats();
        assertEquals(0, stats.inUse());
        assertEquals(0, stats.waiting());
        assertTrue(served.get() > 0);
        pool.close();
        pool.awaitEmpty();
        await(() -> things.ended.size() == things.made.get());
        assertEquals(pool.stats().created(), pool.stats().discarded());
    }

    private void use(AtomicInteger served) {
        try {
            Thing thing = pool.take();
            assertEquals(1, thing.users.incrementAndGet(), "used by two at once");
            Thread.sleep(0, 20_000);
            thing.users.decrementAndGet();
            served.incrementAndGet();
            pool.giveBack(thing, ThreadLocalRandom.current().nextInt(5) > 0);
        } catch (InterruptedException e) {
            // As intended.
        } catch (HyperlightException e) {
            assertEquals(Code.BUSY, e.code());
        }
    }

    private static <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private static final class Thing {
        private final AtomicInteger timesReady = new AtomicInteger();
        private final AtomicInteger users = new AtomicInteger();
    }

    private static final class Things implements ReadyPool.Kind<Thing> {
        private final AtomicInteger made = new AtomicInteger();
        private final AtomicInteger failures = new AtomicInteger();
        private final Set<Thing> ended = ConcurrentHashMap.newKeySet();
        private final Semaphore mayBeReady = new Semaphore(1_000_000);
        private volatile boolean cannotBeMadeReady;
        private volatile boolean cannotBeEnded;

        @Override
        public Thing make() {
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new HyperlightException(Code.HYPERVISOR, "there is no memory for one");
            }
            made.incrementAndGet();
            return new Thing();
        }

        @Override
        public void makeReady(Thing thing) {
            mayBeReady.acquireUninterruptibly();
            assertEquals(0, thing.users.get(), "made ready while it is used");
            if (cannotBeMadeReady) {
                throw new OutOfMemoryError("of this test");
            }
            thing.timesReady.incrementAndGet();
        }

        @Override
        public void discard(Thing thing) {
            assertTrue(ended.add(thing), "ended twice");
            if (cannotBeEnded) {
                throw new OutOfMemoryError("of this test");
            }
        }
    }
}
