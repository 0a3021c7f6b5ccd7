package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.HyperlightException.Code;
import io.github.hyperlight4j.PoolStats;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Things that are made, and made ready again after each use, on threads of the pool's own, so that whoever takes one
 * finds it ready. Whoever would have to wait gets a used one as it is: its user can make it clean as well as the pool, without
 * a change of threads. First come, first served.
 *
 * @param <R> what it holds
 */
public final class ReadyPool<R> implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.pool");

    /**
     * What is done with the things. Called without the pool's lock.
     *
     * @param <R> what it is done with
     */
    public interface Kind<R> {

        /** Makes one. {@return it} */
        R make();

        /**
         * Makes one ready for its next user.
         *
         * @param resource new, or used
         */
        void makeReady(R resource);

        /**
         * Ends one.
         *
         * @param resource not to be used any more
         */
        void discard(R resource);
    }

    private final Kind<R> kind;
    private final PoolSettings settings;
    private final ScheduledThreadPoolExecutor threads;
    /** Also for a test, which decides who gets it when. */
    final ReentrantLock lock = new ReentrantLock();

    private final Condition emptied = lock.newCondition();

    // Below: guarded by the lock.
    private final Deque<Idle<R>> idle = new ArrayDeque<>();
    /** What is to be made ready again. Nobody waits while there is any. */
    private final Deque<R> used = new ArrayDeque<>();

    private final Deque<Waiter<R>> waiters = new ArrayDeque<>();
    private int preparing;
    private int inUse;
    private long created;
    private long discarded;
    private long restored;
    private boolean closed;

    /** One that is ready. */
    private record Idle<R>(R resource, long since) {}

    /** A caller that waits. */
    private static final class Waiter<R> {
        private final Condition served;
        private @Nullable R granted;
        private @Nullable Throwable failure;

        Waiter(Condition served) {
            this.served = served;
        }

        boolean isServed() {
            return granted != null || failure != null;
        }
    }

    /**
     * Makes a pool, and begins to fill it.
     *
     * @param kind what is done with the things
     * @param settings how it behaves
     */
    public ReadyPool(Kind<R> kind, PoolSettings settings) {
        this.kind = kind;
        this.settings = settings;
        int processors = Runtime.getRuntime().availableProcessors();
        threads = new ScheduledThreadPoolExecutor(
                Math.min(processors, settings.max()),
                Thread.ofPlatform().name("hyperlight4j-pool-", 1).daemon().factory());
        long interval = Math.max(1, settings.idleTimeout().toMillis() / 2);
        var _ = threads.scheduleWithFixedDelay(this::shrink, interval, interval, TimeUnit.MILLISECONDS);
        lock.lock();
        try {
            grow();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes one. Waits if there is none, and there may not be more.
     *
     * @return one that is ready, or was used before; to be given back
     * @throws InterruptedException if the thread is interrupted; nothing is taken then
     * @throws IllegalStateException if the pool is closed, or is closed while waiting
     * @throws HyperlightException with the code {@code BUSY} if too many wait, or it takes too long; or if there can be
     *     none
     */
    public R take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            requireOpen();
            Idle<R> ready = idle.pollLast();
            R next = ready != null ? ready.resource() : used.pollLast();
            if (next != null) {
                inUse++;
                return next;
            }
            if (waiters.size() >= settings.maxWaiting()) {
                throw new HyperlightException(
                        Code.BUSY,
                        "All sandboxes of the pool are in use, and as many callers wait as may: " + waiters.size());
            }
            return await();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives one back.
     *
     * @param resource taken from here
     * @param reusable whether it may be used again
     */
    public void giveBack(R resource, boolean reusable) {
        lock.lock();
        try {
            if (!closed && reusable) {
                inUse--;
                offerUsed(resource);
                return;
            }
        } finally {
            lock.unlock();
        }
        discard(resource);
        lock.lock();
        try {
            inUse--;
            discarded++;
            grow();
            settle();
        } finally {
            lock.unlock();
        }
    }

    /** Returns what it holds now, and what it has done so far. */
    public PoolStats stats() {
        lock.lock();
        try {
            return new PoolStats(
                    idle.size(), used.size() + preparing, inUse, waiters.size(), created, discarded, restored);
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether {@link #close()} was called. */
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Takes and gives nothing any more: who waits is told, and what comes back is discarded. Does not wait for that. */
    @Override
    public void close() {
        List<R> unused = new ArrayList<>();
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            idle.forEach(ready -> unused.add(ready.resource()));
            idle.clear();
            unused.addAll(used);
            used.clear();
            discarded += unused.size();
            waiters.forEach(waiter -> fail(waiter, new IllegalStateException("The pool was closed")));
            waiters.clear();
            threads.shutdown(); // What has been begun goes on.
        } finally {
            lock.unlock();
        }
        unused.forEach(this::discard);
    }

    /** Waits until all that was taken has come back to a closed pool and is discarded. Does not heed interrupts. */
    public void awaitEmpty() {
        lock.lock();
        try {
            while (inUse + preparing > 0) {
                emptied.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private R await() throws InterruptedException {
        Waiter<R> waiter = new Waiter<>(lock.newCondition());
        waiters.addLast(waiter);
        grow();
        long left = settings.waitTimeout().toNanos();
        try {
            while (!waiter.isServed() && left > 0) {
                left = waiter.served.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            R granted = waiter.granted;
            if (granted != null) {
                passOn(granted);
            }
            throw e;
        } finally {
            waiters.remove(waiter);
        }
        if (waiter.failure != null) {
            throw asFailure(waiter.failure);
        }
        if (waiter.granted == null) {
            throw new HyperlightException(
                    Code.BUSY,
                    "No sandbox of the pool became free within " + settings.waitTimeout() + ": all " + size()
                            + " are in use");
        }
        return waiter.granted;
    }

    /** Gives what an interrupted waiter got, and did not use, to the next. Needs the lock, once. */
    private void passOn(R granted) {
        if (closed) {
            lock.unlock();
            try {
                discard(granted);
            } finally {
                lock.lock();
            }
            inUse--;
            discarded++;
            settle();
        } else {
            inUse--;
            offerUsed(granted);
        }
    }

    /** Of another thread's exception, this thread's stack trace would be missing. */
    private static RuntimeException asFailure(Throwable failure) {
        return switch (failure) {
            case HyperlightException e -> new HyperlightException(e.code(), String.valueOf(e.getMessage()), e);
            case IllegalStateException e -> new IllegalStateException(e.getMessage(), e);
            default -> new HyperlightException(Code.INTERNAL, "A sandbox could not be made: " + failure, failure);
        };
    }

    private int size() {
        return idle.size() + used.size() + preparing + inUse;
    }

    /** Has as many made as are wanted and allowed, on the pool's threads. Needs the lock. */
    private void grow() {
        while (!closed && size() < settings.max() && (size() < settings.min() || preparing < waiters.size())) {
            preparing++;
            threads.execute(this::make);
        }
    }

    private void make() {
        R resource;
        try {
            resource = kind.make();
        } catch (RuntimeException | Error e) {
            failed(e);
            return;
        }
        lock.lock();
        try {
            created++;
        } finally {
            lock.unlock();
        }
        makeReady(resource, false);
    }

    private void makeUsedReady() {
        R resource;
        lock.lock();
        try {
            resource = used.pollFirst();
            if (resource == null) {
                return; // Somebody took it as it was.
            }
            preparing++;
        } finally {
            lock.unlock();
        }
        makeReady(resource, true);
    }

    private void makeReady(R resource, boolean used) {
        try {
            kind.makeReady(resource);
        } catch (RuntimeException | Error e) {
            discardUnready(resource);
            failed(e);
            return;
        }
        lock.lock();
        try {
            if (used) {
                restored++;
            }
            if (!closed) {
                preparing--;
                offer(resource);
                return;
            }
        } finally {
            lock.unlock();
        }
        discardUnready(resource);
        lock.lock();
        try {
            preparing--;
            settle();
        } finally {
            lock.unlock();
        }
    }

    private void discardUnready(R resource) {
        discard(resource);
        lock.lock();
        try {
            discarded++;
        } finally {
            lock.unlock();
        }
    }

    /** Whatever comes of it, the pool has one less. */
    private void discard(R resource) {
        try {
            kind.discard(resource);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "A sandbox of the pool could not be freed", e);
        }
    }

    /**
     * One that could not be made, or made ready, is one waiter's failure: the others get another try. Without any, the
     * pool waits for the next to come, rather than try again and again.
     */
    private void failed(Throwable failure) {
        lock.lock();
        try {
            preparing--;
            Waiter<R> waiter = waiters.pollFirst();
            if (waiter != null) {
                fail(waiter, failure);
            } else if (!closed) {
                LOG.log(Level.WARNING, "A sandbox of the pool could not be made ready", failure);
            }
            if (!waiters.isEmpty()) {
                grow();
            }
            settle();
        } finally {
            lock.unlock();
        }
    }

    private static void fail(Waiter<?> waiter, Throwable failure) {
        waiter.failure = failure;
        waiter.served.signal();
    }

    /** Gives one that is ready to whoever has waited longest. Needs the lock. */
    private void offer(R resource) {
        if (!grant(resource)) {
            idle.addLast(new Idle<>(resource, System.nanoTime()));
        }
    }

    /** The same for one that was used. Needs the lock. */
    private void offerUsed(R resource) {
        if (!grant(resource)) {
            used.addLast(resource);
            threads.execute(this::makeUsedReady);
        }
    }

    private boolean grant(R resource) {
        Waiter<R> waiter = waiters.pollFirst();
        if (waiter == null) {
            return false;
        }
        inUse++;
        waiter.granted = resource;
        waiter.served.signal();
        return true;
    }

    /** Discards what has been idle for long; those that were used last are taken first, so the others come to that. */
    private void shrink() {
        List<R> unneeded = new ArrayList<>();
        lock.lock();
        try {
            long now = System.nanoTime();
            while (size() > settings.min()
                    && !idle.isEmpty()
                    && now - idle.getFirst().since() >= settings.idleTimeout().toNanos()) {
                unneeded.add(idle.removeFirst().resource());
                discarded++;
            }
        } finally {
            lock.unlock();
        }
        unneeded.forEach(this::discard);
    }

    /** Tells who waits for a closed pool to be empty. Needs the lock. */
    private void settle() {
        if (inUse + preparing == 0) {
            emptied.signalAll();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The pool is closed");
        }
    }
}
