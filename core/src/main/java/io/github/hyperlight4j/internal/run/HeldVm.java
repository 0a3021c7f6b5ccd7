package io.github.hyperlight4j.internal.run;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A micro-VM while one owner holds it: from when it was made or taken out of a pool until {@link #close()}, which passes
 * it on. Runs one program at a time. Once passed on, it neither runs nor cancels anything in the micro-VM, whose next
 * run is another owner's.
 */
public final class HeldVm implements AutoCloseable {

    private static final long CANCEL_INTERVAL_MILLIS = 5;

    private final MicroVm microVm;
    private final Consumer<HeldVm> release;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;
    /** Written with this object's monitor, so that no cancellation is in progress then. */
    private volatile boolean released;

    /**
     * @param microVm the micro-VM
     * @param release frees the micro-VM or gives it back, when this is closed and idle; called again if it failed
     */
    public HeldVm(MicroVm microVm, Consumer<HeldVm> release) {
        this.microVm = microVm;
        this.release = release;
    }

    /** Returns the micro-VM. */
    public MicroVm microVm() {
        return microVm;
    }

    /**
     * Runs a program, from the state of the snapshot.
     *
     * @param source Python, in UTF-8
     * @param settings the settings of the run
     * @return its result
     * @throws IllegalStateException if this is closed, or the current thread is a tool or listener of the run in progress
     * @throws io.github.hyperlight4j.HyperlightException if it could not be run
     */
    public FinishedRun run(byte[] source, RunSettings settings) {
        microVm.requireOutside();
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FinishedRun.neverBegun();
        }
        try {
            if (closed) {
                throw new IllegalStateException("The sandbox is closed");
            }
            return microVm.run(source, settings);
        } finally {
            lock.unlock();
            releaseIfClosed();
        }
    }

    /** Ends the run that is in progress. Does nothing if there is none, or the micro-VM was passed on. */
    public synchronized void cancel() {
        if (!released) {
            microVm.cancel();
        }
    }

    /** Returns whether {@link #close()} or {@link #abandon()} was called. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Ends the run that is in progress, waits for that and passes the micro-VM on, once. Called by a tool or listener of
     * the run, it does not wait: the run passes the micro-VM on when it ends.
     */
    @Override
    public void close() {
        abandon();
        if (microVm.isInsideRun()) {
            return;
        }
        boolean interrupted = false;
        while (!released) {
            cancel(); // Repeatedly: a run that is about to begin does not see the first one yet.
            try {
                if (lock.tryLock(CANCEL_INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
                    lock.unlock();
                    releaseIfClosed();
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Does what {@link #close()} does, but does not wait for the run that is in progress. */
    public void abandon() {
        closed = true;
        cancel();
        releaseIfClosed();
    }

    private void releaseIfClosed() {
        if (!closed || lock.isHeldByCurrentThread() || !lock.tryLock()) {
            return;
        }
        try {
            if (!released) {
                setReleased(true);
                releaseOrUndo();
            }
        } finally {
            lock.unlock();
        }
    }

    private void releaseOrUndo() {
        try {
            release.accept(this);
        } catch (RuntimeException | Error e) {
            setReleased(false); // The next close() tries again.
            throw e;
        }
    }

    private synchronized void setReleased(boolean released) {
        this.released = released;
    }
}
