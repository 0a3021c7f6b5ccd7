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
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A micro-VM and the snapshot from which runs in it start. Runs one program at a time. What a run has touched is put back
 * before the next one, not after it, for most callers wait for a result and few for the next run; {@link #makeReady} does
 * it earlier.
 */
public final class MicroVm implements AutoCloseable {

    /** Much more than making ready takes. A captured interpreter may have been tampered with so that it never ends. */
    private static final Duration MAKING_READY = Duration.ofSeconds(5);

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
    private boolean canBeMadeReady = true;
    private boolean freed;

    /** What the last run left. */
    private enum State {
        /** Nothing: the interpreter is as in the snapshot. */
        CLEAN,
        /** An interpreter that has run a program to its end, and can run another. */
        USED,
        /** A program that was stopped somewhere in the middle. */
        STOPPED,
        /** A micro-VM that broke, and is not to be trusted with another run. */
        BROKEN
    }

    /** What there is of the micro-VM in the native library. */
    private record Machine(SandboxHandle sandbox, InterruptHandle interrupt) {
        void close() {
            interrupt.close();
            sandbox.close();
        }
    }

    /**
     * Makes a micro-VM.
     *
     * @param snapshot the state in which each run starts; becomes this one's to close
     * @param continues whether programs go on in the {@code __main__} module that is in the snapshot, rather than each in
     *     a fresh one
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
            free();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs a program, from the state of the snapshot.
     *
     * @param source Python, in UTF-8
     * @param settings what it is given
     * @return what it left behind
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
     * @param settings what it is given
     * @return what it left behind
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
                snapshot.close();
                snapshot = captured.share();
                state = State.CLEAN;
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
     * Does what the next run would have to do first: restores the micro-VM, and touches the memory that every run
     * touches.
     *
     * @throws IllegalStateException if it is closed, or this is a thread that a run would wait for
     * @throws HyperlightException if there can be no micro-VM any more
     */
    public void makeReady() {
        call(() -> locked(() -> {
            Machine machine = clean();
            return touch(machine) ? machine : clean();
        }));
    }

    /** Returns whether the last run broke the micro-VM, so that there will be another one for the next. */
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
            run.stop(new Outcome.Cancelled());
        }
    }

    /** Returns whether {@link #close()} was called. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Ends the run that is in progress and frees the micro-VM, once. Waits for both, unless the caller is a tool or
     * listener, for which the run may wait: then the run does the rest, or if it is over, the caller.
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

    /** Ends the run that is in progress and frees the micro-VM after it, once. Does not wait. */
    public void abandon() {
        closed = true;
        cancel();
        if (!lock.isHeldByCurrentThread()) {
            freeIfClosed();
        }
    }

    /** Frees a closed micro-VM that nobody uses. Whoever uses it calls this afterwards. */
    private void freeIfClosed() {
        if (closed && lock.tryLock()) {
            try {
                free();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Calls into the micro-VM, on a thread that may do so for long. */
    private <T> T call(Supplier<T> work) {
        requireOutside();
        return RunThreads.call(() -> {
            requireStack();
            return work.get();
        });
    }

    /** Throws an {@link IllegalStateException} if the current thread is a tool or listener of the run in progress. */
    void requireOutside() {
        if (isInsideRun()) {
            throw new IllegalStateException("A sandbox cannot run a program from inside its own run: this is a tool or"
                    + " listener of the run that is in progress");
        }
    }

    /** Before any lock is held and any state changed: an overflow that came later could leave them so. */
    private static void requireStack() {
        try {
            SandboxHandle.requireStack();
        } catch (NativeException e) {
            throw e.asHostFailure("Checking the stack");
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
        RunKiller killer = new RunKiller(run::shouldStop, machine.interrupt);
        upcall.answerWith(run.guestCalls());
        State left = State.BROKEN;
        try {
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
            upcall.answerWith(null);
            killer.close();
        }
    }

    private static Outcome crashed(GuestProtocolException e) {
        return new Outcome.Crashed(String.valueOf(e.getMessage()));
    }

    private static Outcome outcome(NativeException e, Run run) {
        Outcome stopped = run.stopped();
        return switch (e.code()) {
            case CANCELLED -> {
                if (stopped == null) {
                    throw e.asHostFailure("Running a program");
                }
                yield stopped;
            }
            case GUEST_MEMORY -> new Outcome.OutOfMemory(String.valueOf(e.getMessage()), "");
            case GUEST_ABORTED -> new Outcome.Crashed(String.valueOf(e.getMessage()));
            case INVALID_ARGUMENT, INTERNAL, NO_HYPERVISOR, HYPERVISOR, GUEST_IMAGE, POISONED, SNAPSHOT, IO ->
                throw e.asHostFailure("Running a program");
        };
    }

    /** Only asked for when there is something to say: it takes long, and a process that starts has no time. */
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
        if (ready != null && state != State.CLEAN && (state == State.BROKEN || !restore(ready))) {
            machine = null;
            state = State.BROKEN; // Until there is another one, which may fail.
            ready.close();
            ready = null;
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

    /** Whether the micro-VM is clean again. One that cannot be restored is replaced. */
    private boolean restore(Machine dirty) {
        try {
            dirty.sandbox.restore(snapshot);
            return true;
        } catch (NativeException e) {
            log().log(Level.WARNING, "A micro-VM could not be restored, and is replaced", e);
            return false;
        }
    }

    /** Whether the micro-VM is still clean: it has done, without a trace, what every first run does. */
    private boolean touch(Machine machine) {
        if (!canBeMadeReady) {
            return true;
        }
        long end = System.nanoTime() + MAKING_READY.toNanos();
        RunKiller killer = new RunKiller(() -> System.nanoTime() - end > 0, machine.interrupt);
        upcall.answerWith(new GuestCalls(new GuestHost() {}));
        try {
            GuestExecutor.prepare(machine.sandbox);
            return true;
        } catch (NativeException e) {
            canBeMadeReady = false;
            state = State.BROKEN;
            Throwable failure = upcall.takeFailure();
            if (failure != null) {
                e.addSuppressed(failure);
            }
            log().log(Level.WARNING, "An interpreter cannot be made ready: what follows a restore will take longer", e);
            return false;
        } finally {
            upcall.answerWith(null);
            killer.close();
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

    private void free() {
        if (freed) {
            return;
        }
        freed = true;
        if (machine != null) {
            machine.close();
            machine = null;
        }
        upcall.close();
        snapshot.close();
    }
}
