package io.github.hyperlight4j.internal.pool;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.HyperlightException.Code;
import io.github.hyperlight4j.PoolStats;
import io.github.hyperlight4j.internal.thread.DaemonThreads;
import io.github.hyperlight4j.internal.thread.StackRoom;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A pool of resources that are made, and prepared again after each use, in the background. Where callers come faster than
 * that, {@link #take} returns a used resource rather than wait: its user can prepare it as well as the pool, without a change of
 * threads. First come, first served.
 *
 * <p>Work to be done is kept as a state, not as tasks of an executor, so none is lost where no thread or memory can be had: a
 * later call starts the thread or, if a caller waits and the pool has no thread at all, that caller does the work.
 *
 * @param <R> the type of resource
 */
public final class ReadyPool<R> implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.pool");

    /** A thread without work ends after this time. */
    private static final long THREAD_IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /**
     * The operations on the resources. Called without the pool's lock.
     *
     * @param <R> the type of resource
     */
    public interface Kind<R> {

        /** Makes a resource. {@return it} */
        R make();

        /**
         * Prepares a resource for its next user.
         *
         * @param resource a new or used resource
         */
        void makeReady(R resource);

        /**
         * Frees a resource.
         *
         * @param resource a resource that is not used any more
         */
        void discard(R resource);
    }

    private final Kind<R> kind;
    private final PoolSettings settings;
    private final ThreadFactory threads;
    private final int maxThreads;
    /** Also for a test, which decides who gets it when. */
    final ReentrantLock lock = new ReentrantLock();

    private final Condition emptied = lock.newCondition();
    private final Condition work = lock.newCondition();

    // Below: guarded by the lock.
    private final Deque<Idle<R>> idle = new ArrayDeque<>();
    /** Resources to be prepared again. No caller waits while there are any. */
    private final Deque<R> used = new ArrayDeque<>();

    private final Deque<Waiter<R>> waiters = new ArrayDeque<>();
    /** Resources to be made. */
    private int toMake;
    /** Resources that are being made or prepared. */
    private int preparing;

    private int inUse;
    private int running;
    private int unoccupied;
    private long created;
    private long discarded;
    private long restored;
    private boolean closed;

    /** A resource that is ready. */
    private record Idle<R>(R resource, long since) {}

    /** A caller that waits. */
    private static final class Waiter<R> {
        private final Condition changed;
        private @Nullable R granted;
        private @Nullable Throwable failure;

        Waiter(Condition changed) {
            this.changed = changed;
        }

        boolean isServed() {
            return granted != null || failure != null;
        }
    }

    /**
     * Makes a pool, and begins to fill it.
     *
     * @param kind the operations on the resources
     * @param settings the pool's settings
     */
    public ReadyPool(Kind<R> kind, PoolSettings settings) {
        this(kind, settings, DaemonThreads.factory("hyperlight4j-pool-"));
    }

    ReadyPool(Kind<R> kind, PoolSettings settings, ThreadFactory threads) {
        this.kind = kind;
        this.settings = settings;
        this.threads = threads;
        this.maxThreads = Math.min(Runtime.getRuntime().availableProcessors(), settings.max());
        lock.lock();
        try {
            grow();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a resource. Waits if there is none, and there may not be more.
     *
     * @return a resource that is ready, or used; to be given back
     * @throws InterruptedException if the thread is interrupted; nothing is taken then
     * @throws IllegalStateException if the pool is closed, or is closed while waiting
     * @throws HyperlightException with the code {@code BUSY} if too many callers wait, or it takes too long; or if none can
     *     be made
     */
    public R take() throws InterruptedException {
        StackRoom.require();
        Waiter<R> waiter = new Waiter<>(lock.newCondition());
        try {
            return take(waiter);
        } catch (InterruptedException | RuntimeException | Error e) {
            if (waiter.granted != null) {
                giveBack(waiter.granted, true);
            }
            throw e;
        }
    }

    private R take(Waiter<R> waiter) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (closed) {
                throw new IllegalStateException("The pool is closed");
            }
            R unused = pollUnused();
            if (unused != null) {
                inUse++;
                return unused;
            }
            if (waiters.size() >= settings.maxWaiting()) {
                throw new HyperlightException(
                        Code.BUSY,
                        "All sandboxes of the pool are in use, and as many callers wait as may: " + waiters.size());
            }
            waiters.addLast(waiter);
            grow();
            return await(waiter);
        } finally {
            waiters.remove(waiter);
            lock.unlock();
        }
    }

    private R await(Waiter<R> waiter) throws InterruptedException {
        long left = settings.waitTimeout().toNanos();
        while (!waiter.isServed() && !closed && left > 0) {
            if (running == 0 && toMake > 0) {
                makeHere();
            } else {
                left = waiter.changed.awaitNanos(left);
            }
        }
        if (waiter.failure != null) {
            throw asFailure(waiter.failure);
        }
        if (waiter.granted != null) {
            return waiter.granted;
        }
        if (closed) {
            throw new IllegalStateException("The pool was closed");
        }
        throw new HyperlightException(
                Code.BUSY,
                "No sandbox of the pool became free within " + settings.waitTimeout() + ": all " + size()
                        + " are in use");
    }

    /** Makes a resource on the caller's thread: the pool has none. Needs the lock, once. */
    private void makeHere() {
        toMake--;
        preparing++;
        lock.unlock();
        try {
            prepare(null);
        } finally {
            lock.lock();
        }
    }

    /** Returns an exception with this thread's stack trace for another thread's exception. */
    private static RuntimeException asFailure(Throwable failure) {
        return switch (failure) {
            case HyperlightException e -> new HyperlightException(e.code(), String.valueOf(e.getMessage()), e);
            case IllegalStateException e -> new IllegalStateException(e.getMessage(), e);
            default -> new HyperlightException(Code.INTERNAL, "A sandbox could not be made: " + failure, failure);
        };
    }

    /**
     * Gives a resource back.
     *
     * @param resource a resource of this pool
     * @param reusable whether it may be used again
     */
    public void giveBack(R resource, boolean reusable) {
        if (reusable && keep(resource)) {
            return;
        }
        try {
            discard(resource);
        } finally {
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
    }

    /** Returns the pool's present state and its totals. */
    public PoolStats stats() {
        lock.lock();
        try {
            return new PoolStats(
                    idle.size(), used.size() + toMake + preparing, inUse, waiters.size(), created, discarded, restored);
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

    /**
     * Closes the pool: callers that wait get an exception, unused resources are discarded now, and others when they come
     * back. Does not wait for that. Idempotent; a close that failed can be repeated.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            toMake = 0;
            waiters.forEach(waiter -> waiter.changed.signal());
            work.signalAll();
            settle();
        } finally {
            lock.unlock();
        }
        for (R unused = takeUnused(); unused != null; unused = takeUnused()) {
            discard(unused);
        }
    }

    /** Waits until all resources of a closed pool have come back and are discarded. Ignores interrupts. */
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

    private int size() {
        return idle.size() + used.size() + toMake + preparing + inUse;
    }

    /** Returns a resource that is ready or, if there is none, a used one. Needs the lock. */
    private @Nullable R pollUnused() {
        Idle<R> ready = idle.pollLast();
        return ready != null ? ready.resource() : used.pollLast();
    }

    /** Takes a resource in order to discard it. */
    private @Nullable R takeUnused() {
        lock.lock();
        try {
            R unused = pollUnused();
            discarded += unused != null ? 1 : 0;
            return unused;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a resource that was used; returns whether that was possible. */
    private boolean keep(R resource) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            inUse--;
            if (!grant(resource)) {
                used.addLast(resource);
                startThreads();
            }
            return true;
        } catch (OutOfMemoryError e) {
            inUse++;
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Has as many made as are wanted and allowed. Needs the lock. */
    private void grow() {
        while (!closed && size() < settings.max() && (size() < settings.min() || toMake + preparing < waiters.size())) {
            toMake++;
        }
        startThreads();
    }

    /** Makes sure that there are threads for the work that there is, as far as they can be had. Needs the lock. */
    private void startThreads() {
        int wanted = used.size() + toMake;
        for (int i = Math.min(wanted, unoccupied); i > 0; i--) {
            work.signal();
        }
        int available = Math.max(0, running - preparing); // Unoccupied ones, and those that have just been started.
        try {
            for (int i = wanted - available; i > 0 && running < maxThreads; i--) {
                threads.newThread(this::runThread).start();
                running++;
            }
        } catch (RuntimeException | Error e) {
            warn("A pool of sandboxes cannot have another thread", e);
            Waiter<R> waiter = waiters.peekFirst();
            if (waiter != null) {
                waiter.changed.signal(); // It does the work where there is no thread at all.
            }
        }
    }

    private void runThread() {
        try {
            while (prepareNext()) {
                // Until there has been no work for some time.
            }
        } finally {
            lock.lock();
            try {
                running--;
                startThreads(); // Of no effect, unless an error has ended this one.
            } finally {
                lock.unlock();
            }
        }
    }

    /** Does a piece of work, or waits for it; returns whether this thread is to go on. */
    private boolean prepareNext() {
        R resource = null;
        boolean isExpired = false;
        lock.lock();
        try {
            if (!used.isEmpty()) {
                resource = used.removeFirst();
                preparing++;
            } else if (toMake > 0) {
                toMake--;
                preparing++;
            } else if (expiryNanos() <= 0) {
                resource = idle.removeFirst().resource();
                discarded++;
                isExpired = true;
            } else {
                return awaitWork();
            }
        } finally {
            lock.unlock();
        }
        if (isExpired && resource != null) {
            discard(resource);
        } else {
            prepare(resource);
        }
        return true;
    }

    /** Waits for work; returns whether this thread is to go on. Needs the lock. */
    @SuppressWarnings("WaitNotInLoop") // The caller loops.
    private boolean awaitWork() {
        if (closed) {
            return false;
        }
        long expiry = expiryNanos();
        unoccupied++;
        try {
            boolean isSignalled = work.awaitNanos(Math.min(expiry, THREAD_IDLE_NANOS)) > 0;
            boolean isExpiring = expiry <= THREAD_IDLE_NANOS || (running == 1 && expiry < Long.MAX_VALUE);
            return isSignalled || isExpiring || used.size() + toMake > 0;
        } catch (InterruptedException e) {
            return true; // Not by the pool, and not a request to end.
        } finally {
            unoccupied--;
        }
    }

    /** Returns the time until the resource that has been idle for longest is to go, if any is. Needs the lock. */
    private long expiryNanos() {
        Idle<R> oldest = idle.peekFirst(); // The last ones are taken first.
        return oldest == null || size() <= settings.min()
                ? Long.MAX_VALUE
                : settings.idleTimeout().toNanos() - (System.nanoTime() - oldest.since());
    }

    /**
     * Prepares a resource, which counts as being prepared. Whatever happens, it does not any more afterwards.
     *
     * @param given a used resource, or {@code null} to make one
     */
    private void prepare(@Nullable R given) {
        R resource = given;
        try {
            if (resource == null) {
                resource = kind.make();
                countCreated();
            }
            kind.makeReady(resource);
            if (offer(resource, given != null)) {
                return;
            }
        } catch (RuntimeException | Error e) {
            failed(resource, e);
            return;
        }
        discardUnready(resource);
    }

    private void countCreated() {
        lock.lock();
        try {
            created++;
        } finally {
            lock.unlock();
        }
    }

    /** Gives a resource that is ready to the caller that has waited longest, or keeps it. Returns false if the pool is closed. */
    private boolean offer(R resource, boolean isRestored) {
        lock.lock();
        try {
            restored += isRestored ? 1 : 0;
            if (closed) {
                return false;
            }
            if (!grant(resource)) {
                idle.addLast(new Idle<>(resource, System.nanoTime()));
            }
            preparing--;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Grants a resource to the caller that has waited longest; returns whether there is any. Needs the lock. */
    private boolean grant(R resource) {
        Waiter<R> waiter = waiters.pollFirst();
        if (waiter == null) {
            return false;
        }
        inUse++;
        waiter.granted = resource;
        waiter.changed.signal();
        return true;
    }

    private void discardUnready(R resource) {
        try {
            discard(resource);
        } finally {
            lock.lock();
            try {
                discarded++;
                preparing--;
                settle();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Frees a resource. Whether that succeeds or not, the pool has one less. */
    private void discard(R resource) {
        try {
            kind.discard(resource);
        } catch (RuntimeException | Error e) {
            warn("A sandbox of the pool could not be freed", e);
        }
    }

    /**
     * A failure to make or prepare a resource fails one waiter: the others get another try. Without any, the pool waits for the next
     * caller, rather than try again and again.
     */
    private void failed(@Nullable R resource, Throwable failure) {
        try {
            if (resource != null) {
                discard(resource);
            }
        } finally {
            lock.lock();
            try {
                discarded += resource != null ? 1 : 0;
                preparing--;
                Waiter<R> waiter = waiters.pollFirst();
                if (waiter != null) {
                    waiter.failure = failure;
                    waiter.changed.signal();
                }
                if (!waiters.isEmpty()) {
                    grow();
                }
                settle();
                if (waiter == null && !closed) {
                    warn("A sandbox of the pool could not be made ready", failure);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Logs a failure. The bookkeeping goes on where even that fails, as it does without memory. */
    private static void warn(String message, Throwable failure) {
        try {
            LOG.log(Level.WARNING, message, failure);
        } catch (RuntimeException | Error e) {
            failure.addSuppressed(e);
        }
    }

    /** Notifies the threads that wait for a closed pool to be empty. Needs the lock. */
    private void settle() {
        if (inUse + preparing == 0) {
            emptied.signalAll();
        }
    }
}
