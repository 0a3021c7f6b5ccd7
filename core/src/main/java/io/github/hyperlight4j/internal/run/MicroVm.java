package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.HyperlightException.Code;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.internal.ffi.HostUpcall;
import io.github.hyperlight4j.internal.ffi.InterruptHandle;
import io.github.hyperlight4j.internal.ffi.NativeErrorCode;
import io.github.hyperlight4j.internal.ffi.NativeException;
import io.github.hyperlight4j.internal.ffi.SandboxHandle;
import io.github.hyperlight4j.internal.ffi.SnapshotHandle;
import io.github.hyperlight4j.internal.guest.GuestCalls;
import io.github.hyperlight4j.internal.guest.GuestExecutor;
import io.github.hyperlight4j.internal.guest.GuestHost;
import io.github.hyperlight4j.internal.guest.GuestProtocolException;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A micro-VM and the snapshot from which runs in it start. Runs one program at a time. The micro-VM is restored before the next
 * run, not after a run, for most callers wait for a result and few for the next run; {@link #makeReady} does it earlier.
 */
public final class MicroVm implements AutoCloseable {

    /** Much more than preparing takes. A captured interpreter may have been tampered with so that it never ends. */
    private static final long PREPARING_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A preparation that failed is not repeated before this many times its duration: in vain, it takes a tenth of the time. */
    private static final int PREPARING_PAUSE = 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final boolean continues;
    private final HostUpcall upcall = new HostUpcall(GuestCalls.declarations());
    private volatile boolean closed;
    private volatile @Nullable Run current;
    /** Written with the lock. */
    private volatile State state = State.CLEAN;

    // Below: guarded by the lock.
    private SnapshotHandle snapshot;
    private @Nullable Machine machine;
    private long prepareFrom = System.nanoTime();
    private boolean hasSnapshot = true;

    /** The state in which the last run left the micro-VM. */
    private enum State {
        /** The interpreter is as in the snapshot. */
        CLEAN,
        /** The interpreter has run a program to its end, and can run another. */
        USED,
        /** A program was stopped in the middle. */
        STOPPED,
        /** The micro-VM failed, and is not to be trusted with another run. */
        BROKEN
    }

    /** The objects of the native library. */
    private record Machine(SandboxHandle sandbox, InterruptHandle interrupt) {
        void close() {
            interrupt.close();
            sandbox.close();
        }
    }

    /**
     * Makes a micro-VM.
     *
     * @param snapshot the state in which each run starts; the micro-VM becomes its owner
     * @param continues whether programs go on in the snapshot's {@code __main__} module, rather than each in a fresh one
     * @throws HyperlightException if it cannot be made
     */
    public MicroVm(SnapshotHandle snapshot, boolean continues) {
        this.snapshot = snapshot;
        this.continues = continues;
        lock.lock();
        try {
            clean();
        } catch (RuntimeException | Error e) {
            closed = true;
            try {
                free();
            } catch (RuntimeException | Error failure) {
                e.addSuppressed(failure);
            }
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs a program, from the state of the snapshot.
     *
     * @param source Python, in UTF-8
     * @param settings the settings of the run
     * @return its result
     * @throws IllegalStateException if the sandbox is closed, or this is a thread that the run would wait for
     * @throws HyperlightException if it could not be run
     */
    public FinishedRun run(byte[] source, RunSettings settings) {
        return call(() -> run(source, settings, false));
    }

    /**
     * Runs a program where the one before it left the interpreter.
     *
     * @param source Python, in UTF-8
     * @param settings the settings of the run
     * @return its result
     * @throws IllegalStateException if the session is closed, or this is a thread that the run would wait for, or the one
     *     before did not end by itself
     * @throws HyperlightException if it could not be run
     */
    public FinishedRun resume(byte[] source, RunSettings settings) {
        return call(() -> run(source, settings, true));
    }

    private FinishedRun run(byte[] source, RunSettings settings, boolean resume) {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FinishedRun.neverBegun();
        }
        try {
            requireOpen();
            Machine prepared = resume ? whole() : clean();
            try (Run run = new Run(settings)) {
                current = run;
                requireOpen(); // close() stops the run that it sees; what it did not see must not begin.
                return run.finish(execute(prepared, run, source, resume || continues));
            }
        } finally {
            current = null;
            lock.unlock();
            freeIfClosed();
        }
    }

    /**
     * Captures the interpreter as it is, and makes that the state in which runs start.
     *
     * @return the snapshot, with the caller as an owner
     * @throws IllegalStateException if it is closed, or this is a thread that a run would wait for, or the last run did
     *     not end by itself
     * @throws HyperlightException if it cannot be captured
     */
    public SnapshotHandle capture() {
        return call(() -> locked(() -> {
            Machine machine = whole();
            try {
                SnapshotHandle captured = machine.sandbox.snapshot();
                SnapshotHandle before = snapshot;
                snapshot = captured.share();
                state = State.CLEAN;
                before.close();
                return captured;
            } catch (NativeException e) {
                throw e.asHostFailure("Capturing the interpreter");
            }
        }));
    }

    /**
     * Puts back the state in which runs start, without a run.
     *
     * @throws IllegalStateException if it is closed, or this is a thread that a run would wait for
     * @throws HyperlightException if there can be no micro-VM any more
     */
    public void reset() {
        call(() -> locked(this::clean));
    }

    /**
     * Prepares the micro-VM for its next run, which would otherwise have to: restores it, and touches the memory that every run
     * touches.
     *
     * @throws IllegalStateException if it is closed, or this is a thread that a run would wait for
     * @throws HyperlightException if there can be no micro-VM any more
     */
    public void makeReady() {
        call(() -> locked(() -> {
            Machine machine = clean();
            return prepare(machine) ? machine : clean();
        }));
    }

    /** Returns whether the micro-VM failed, so that the next run replaces it. */
    public boolean isBroken() {
        return state == State.BROKEN;
    }

    /** Returns whether the last run did not end by itself, so that the next cannot go on from it. */
    public boolean isLost() {
        return state == State.STOPPED || state == State.BROKEN;
    }

    /** Returns whether the current thread is a tool or listener of the run that is in progress. */
    public boolean isInsideRun() {
        return lock.isHeldByCurrentThread() || isInsideTool();
    }

    private boolean isInsideTool() {
        Run run = current;
        return run != null && run.holdsCurrentThread();
    }

    /** Ends the run that is in progress, if there is one. */
    public void cancel() {
        Run run = current;
        if (run != null) {
            run.stop(Run.CANCELLED);
        }
    }

    /** Returns whether {@link #close()} was called. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Ends the run that is in progress and frees the micro-VM. Waits for both, unless the caller is a tool or listener, for
     * which the run may wait: then the run does the rest or, if it is over, the caller. Idempotent; a close that failed can be
     * repeated.
     */
    @Override
    public void close() {
        closed = true;
        cancel();
        if (lock.isHeldByCurrentThread()) {
            return;
        }
        if (isInsideTool()) {
            freeIfClosed();
            return;
        }
        lock.lock();
        try {
            free();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the run that is in progress and frees the micro-VM after it. Does not wait. Idempotent. */
    public void abandon() {
        closed = true;
        cancel();
        if (!lock.isHeldByCurrentThread()) {
            freeIfClosed();
        }
    }

    /** Frees a closed micro-VM unless it is in use. Every use ends with this. */
    private void freeIfClosed() {
        if (closed && lock.tryLock()) {
            try {
                free();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Calls into the micro-VM, on a thread that may block for long and has room on its stack. */
    private <T> T call(Supplier<T> work) {
        requireOutside();
        return RunThreads.call(work);
    }

    /** Throws an {@link IllegalStateException} if the current thread is a tool or listener of the run in progress. */
    void requireOutside() {
        if (isInsideRun()) {
            throw new IllegalStateException("A sandbox cannot run a program from inside its own run: this is a tool or"
                    + " listener of the run that is in progress");
        }
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            requireOpen();
            return work.get();
        } finally {
            lock.unlock();
            freeIfClosed();
        }
    }

    private Outcome execute(Machine machine, Run run, byte[] source, boolean keep) {
        State left = State.BROKEN;
        Watchdog.Watch watch = Watchdog.shared().watch(run::shouldStop, machine.interrupt::kill);
        try {
            upcall.answerWith(run.guestCalls());
            Outcome outcome = run.outcome(GuestExecutor.run(machine.sandbox, source, keep, run.memory()));
            left = State.USED;
            return outcome;
        } catch (GuestProtocolException e) {
            return crashed(e);
        } catch (NativeException e) {
            Throwable failure = upcall.takeFailure();
            if (failure instanceof GuestProtocolException broken) {
                return crashed(broken);
            }
            if (e.code() == NativeErrorCode.CANCELLED) {
                left = State.STOPPED;
            }
            if (failure != null) {
                throw new HyperlightException(Code.INTERNAL, "Answering the guest failed: " + failure, failure);
            }
            return outcome(e, run);
        } finally {
            state = left;
            end(watch);
        }
    }

    /** Ends what accompanies a call into the micro-VM. */
    private void end(Watchdog.Watch watch) {
        watch.close();
        upcall.answerWith(null);
        Throwable failure = watch.failure();
        if (failure != null) {
            log().log(Level.WARNING, "Stopping a run met a failure, and may have been late", failure);
        }
    }

    private static Outcome crashed(GuestProtocolException e) {
        return new Outcome.Crashed(String.valueOf(e.getMessage()));
    }

    private static Outcome outcome(NativeException e, Run run) {
        Outcome stopped = run.stopped();
        return switch (e.code()) {
            case CANCELLED ->
                stopped != null ? stopped : new Outcome.Crashed("the guest ended without having been stopped");
            case GUEST_MEMORY -> new Outcome.OutOfMemory(String.valueOf(e.getMessage()), "");
            // A micro-VM that ran until now and leaves the hypervisor no way to go on: a guest can do that.
            case GUEST_ABORTED, HYPERVISOR -> new Outcome.Crashed(String.valueOf(e.getMessage()));
            case INVALID_ARGUMENT, INTERNAL, NO_HYPERVISOR, GUEST_IMAGE, POISONED, SNAPSHOT, IO ->
                throw e.asHostFailure("Running a program");
        };
    }

    /** Returns the logger, which is made when there is something to log: that takes long, and a start must not. */
    private static System.Logger log() {
        return System.getLogger("io.github.hyperlight4j.run");
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The sandbox is closed");
        }
    }

    /** Returns the micro-VM, in the state of the snapshot. */
    private Machine clean() {
        Machine ready = machine;
        if (ready != null && state != State.CLEAN) {
            boolean mayBeRestored = state != State.BROKEN;
            state = State.BROKEN; // Until it is clean, which may fail.
            if (!mayBeRestored || !restore(ready)) {
                ready.close();
                ready = null;
                machine = null;
            }
        }
        if (ready == null) {
            ready = make();
            machine = ready;
        }
        state = State.CLEAN;
        return ready;
    }

    /** Returns the micro-VM as the last run left it. */
    private Machine whole() {
        return switch (state) {
            case CLEAN -> clean();
            case USED -> Objects.requireNonNull(machine);
            case STOPPED, BROKEN ->
                throw new IllegalStateException("The session is lost: its last run did not end by itself. reset() puts"
                        + " it back to where it began, or was last captured");
        };
    }

    /** Restores the micro-VM, and returns whether that succeeded. */
    private boolean restore(Machine dirty) {
        try {
            dirty.sandbox.restore(snapshot);
            return true;
        } catch (NativeException e) {
            log().log(Level.WARNING, "A micro-VM could not be restored, and is replaced", e);
            return false;
        }
    }

    /** Touches the memory that every run touches, without other effects; returns whether the micro-VM is still clean. */
    private boolean prepare(Machine machine) {
        long begin = System.nanoTime();
        if (begin - prepareFrom < 0) {
            return true;
        }
        Watchdog.Watch watch =
                Watchdog.shared().watch(() -> System.nanoTime() - begin > PREPARING_NANOS, machine.interrupt::kill);
        state = State.BROKEN; // Until it has returned.
        try {
            upcall.answerWith(new GuestCalls(new GuestHost() {}));
            GuestExecutor.prepare(machine.sandbox);
            state = State.CLEAN;
            return true;
        } catch (NativeException e) {
            long now = System.nanoTime();
            prepareFrom = now + PREPARING_PAUSE * (now - begin);
            Throwable failure = upcall.takeFailure();
            if (failure != null) {
                e.addSuppressed(failure);
            }
            log().log(Level.WARNING, "A micro-VM could not be prepared: its next runs will take longer", e);
            return false;
        } finally {
            end(watch);
        }
    }

    private Machine make() {
        try {
            SandboxHandle sandbox = SandboxHandle.of(snapshot, upcall);
            try {
                return new Machine(sandbox, sandbox.interrupt());
            } catch (NativeException e) {
                sandbox.close();
                throw e;
            }
        } catch (NativeException e) {
            throw e.asHostFailure("Making a micro-VM");
        }
    }

    /** Frees what there is. Where one part cannot be freed, it and the following are left for another call. */
    private void free() {
        if (machine != null) {
            machine.close();
            machine = null;
        }
        upcall.close();
        if (hasSnapshot) {
            snapshot.close();
            hasSnapshot = false;
        }
    }
}
