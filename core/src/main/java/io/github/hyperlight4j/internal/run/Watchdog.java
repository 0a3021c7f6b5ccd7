package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.internal.thread.DaemonThreads;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Enforces the deadlines and cancellations of all runs in the process. A thread inside native code notices neither its
 * deadline nor an interrupt, so one thread checks every run every few milliseconds, and a run that is over is killed again
 * and again until it has returned: a kill that comes too early has no effect.
 *
 * <p>The checks go on whatever happens. What one throws concerns its run only. Checking allocates nothing. Kills run on other
 * threads, since one may hang; only where no thread or memory can be had for that, the checking thread kills by itself. A
 * checking thread that has died is replaced when the next run begins.
 *
 * <p>The thread stays awake for a while after the last run, for waking it takes longer than a short run does without.
 */
final class Watchdog {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Rounds without any run before the thread sleeps: about a second. */
    private static final int ROUNDS_AWAKE = 200;

    private static @Nullable Watchdog shared;

    private final ThreadFactory threads;
    private final Executor killers;

    // Below: guarded by this.
    private @Nullable Watch[] watches = new Watch[16];
    private int count;
    private @Nullable Thread thread;
    private boolean isAsleep;

    /**
     * @param threads makes the thread that checks
     * @param killers runs the kills
     */
    Watchdog(ThreadFactory threads, Executor killers) {
        this.threads = threads;
        this.killers = killers;
    }

    /** Returns the watchdog of the process. Not made by a static initialiser, whose failure would be for good. */
    static synchronized Watchdog shared() {
        if (shared == null) {
            shared = new Watchdog(
                    DaemonThreads.factory("hyperlight4j-watchdog-"), DaemonThreads.pool("hyperlight4j-kill-"));
        }
        return shared;
    }

    /**
     * Watches a run until the result is closed.
     *
     * @param shouldStop whether the run is over; must neither block nor allocate
     * @param kill interrupts the run, if that is in native code
     * @throws OutOfMemoryError if there is no memory or thread to be had; nothing is watched then
     */
    Watch watch(BooleanSupplier shouldStop, Runnable kill) {
        Watch watch = new Watch(shouldStop, kill);
        add(watch);
        try {
            wake();
        } catch (Throwable e) {
            remove(watch);
            throw e;
        }
        return watch;
    }

    private synchronized void add(Watch watch) {
        int free = 0;
        while (free < watches.length && watches[free] != null) {
            free++;
        }
        if (free == watches.length) {
            watches = Arrays.copyOf(watches, 2 * free);
        }
        watches[free] = watch;
        watch.slot = free;
        count++;
    }

    private synchronized void remove(Watch watch) {
        if (watch.slot >= 0) {
            watches[watch.slot] = null;
            watch.slot = -1;
            count--;
        }
    }

    private synchronized @Nullable Watch at(int slot) {
        return slot < watches.length ? watches[slot] : null;
    }

    private synchronized int slots() {
        return count == 0 ? 0 : watches.length;
    }

    private synchronized void wake() {
        Thread checking = thread;
        if (checking == null || !checking.isAlive()) {
            Thread started = threads.newThread(this::checkForGood);
            started.start();
            thread = started;
        } else if (isAsleep) {
            LockSupport.unpark(checking);
        }
    }

    private void checkForGood() {
        int rounds = 0;
        while (true) {
            LockSupport.parkNanos(this, INTERVAL_NANOS);
            rounds = checkAll() ? 0 : rounds + 1;
            if (rounds > ROUNDS_AWAKE) {
                sleep();
                rounds = 0;
            }
        }
    }

    /** Checks all runs once, and returns whether there are any. */
    private boolean checkAll() {
        int slots = slots();
        for (int i = 0; i < slots; i++) {
            Watch watch = at(i);
            if (watch != null) {
                check(watch);
            }
        }
        return slots > 0;
    }

    private void check(Watch watch) {
        try {
            if (!watch.isBeingKilled && watch.shouldStop.getAsBoolean()) {
                watch.isBeingKilled = true;
                kill(watch);
            }
        } catch (Throwable e) {
            watch.failure = e; // Logging may block or throw, so the run's own thread does it.
        }
    }

    private void kill(Watch watch) {
        try {
            killers.execute(watch);
        } catch (Throwable e) {
            watch.failure = e;
            watch.run();
        }
    }

    private void sleep() {
        setAsleep(true);
        while (slots() == 0) {
            LockSupport.park(this);
        }
        setAsleep(false);
    }

    private synchronized void setAsleep(boolean isAsleep) {
        this.isAsleep = isAsleep;
    }

    /** A run under watch. To be closed when it has returned. */
    final class Watch implements AutoCloseable, Runnable {

        private final BooleanSupplier shouldStop;
        private final Runnable kill;
        private volatile boolean isBeingKilled;
        private volatile @Nullable Throwable failure;
        /** Guarded by the watchdog. */
        private int slot = -1;
        /** Guarded by this. */
        private boolean returned;

        private Watch(BooleanSupplier shouldStop, Runnable kill) {
            this.shouldStop = shouldStop;
            this.kill = kill;
        }

        /** Kills the run. */
        @Override
        public void run() {
            try {
                killUnlessReturned();
            } catch (Throwable e) {
                failure = e;
            } finally {
                isBeingKilled = false;
            }
        }

        private synchronized void killUnlessReturned() {
            if (!returned) {
                kill.run();
            }
        }

        /** Returns what went wrong while the run was watched: it may have been stopped late. */
        @Nullable
        Throwable failure() {
            return failure;
        }

        /** Ends watching. No kill is in progress afterwards and none follows: none can hit the next run. */
        @Override
        public void close() {
            remove(this);
            synchronized (this) {
                returned = true;
            }
        }
    }
}
