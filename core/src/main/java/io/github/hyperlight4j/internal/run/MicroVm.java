package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.HyperlightException.Code;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.internal.ffi.GuestOutcome;
import io.github.hyperlight4j.internal.ffi.HostUpcall;
import io.github.hyperlight4j.internal.ffi.InterruptHandle;
import io.github.hyperlight4j.internal.ffi.NativeException;
import io.github.hyperlight4j.internal.ffi.SandboxHandle;
import io.github.hyperlight4j.internal.ffi.SnapshotHandle;
import io.github.hyperlight4j.internal.tool.ToolRegistry;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A micro-VM and the snapshot from which every run in it starts. Runs one program at a time. What a run has touched is
 * put back before the next one, not after it: most callers wait for a result, few for the next run.
 */
public final class MicroVm implements AutoCloseable {

    /**
     * What a run left behind.
     *
     * @param outcome how it ended
     * @param stdout what it wrote to standard output
     * @param stderr what it wrote to standard error
     * @param duration from its start to its end
     * @param toolCalls how often it called a tool
     */
    public record Finished(Outcome outcome, String stdout, String stderr, Duration duration, long toolCalls) {}

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.run");

    private final ReentrantLock lock = new ReentrantLock();
    private final SnapshotHandle snapshot;
    private final CurrentHost host = new CurrentHost();
    private final HostUpcall upcall = new HostUpcall(host);
    private volatile boolean closed;
    private volatile @Nullable Run current;

    // Below: guarded by the lock.
    private @Nullable Machine machine;
    private boolean clean;
    private boolean freed;

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
     * @throws HyperlightException if it cannot be made
     */
    public MicroVm(SnapshotHandle snapshot) {
        this.snapshot = snapshot;
        lock.lock();
        try {
            prepare();
        } catch (RuntimeException | Error e) {
            closed = true;
            free();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs a program.
     *
     * @param source Python, in UTF-8
     * @param tools what it can call
     * @param limits what it may use
     * @param listener hears of its output
     * @return what it left behind
     * @throws IllegalStateException if the sandbox is closed, or this is a thread that the run would wait for
     * @throws HyperlightException if it could not be run
     */
    public Finished run(byte[] source, ToolRegistry tools, Limits limits, RunListener listener) {
        if (lock.isHeldByCurrentThread() || ToolScope.isInside(this)) {
            throw new IllegalStateException("A sandbox cannot run a program from inside its own run: this is a tool or"
                    + " listener of the run that is in progress");
        }
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Finished(new Outcome.Cancelled(), "", "", Duration.ZERO, 0);
        }
        try {
            requireOpen();
            Machine prepared = prepare();
            Run run = new Run(this, tools, limits, listener);
            current = run;
            requireOpen(); // close() stops the run that it sees; what it did not see must not begin.
            clean = false;
            Outcome outcome = execute(prepared, run, source);
            Duration duration = run.elapsed();
            return new Finished(outcome, run.stdout(), run.stderr(), duration, run.toolCalls());
        } finally {
            current = null;
            if (closed) {
                free();
            }
            lock.unlock();
        }
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
     * Ends the run that is in progress and frees the micro-VM, once. Waits for both, unless the caller is what the run
     * waits for: then the run does the rest.
     */
    @Override
    public void close() {
        closed = true;
        cancel();
        if (lock.isHeldByCurrentThread()) {
            return;
        }
        lock.lock();
        try {
            free();
        } finally {
            lock.unlock();
        }
    }

    private Outcome execute(Machine machine, Run run, byte[] source) {
        RunKiller killer = new RunKiller(run, machine.interrupt);
        host.become(run);
        try {
            return outcome(machine.sandbox.run(source, false));
        } catch (NativeException e) {
            return outcome(e, run);
        } finally {
            host.become(null);
            killer.close();
        }
    }

    private static Outcome outcome(GuestOutcome guest) {
        return guest.errorType().isEmpty()
                ? new Outcome.Completed(guest.exitCode())
                : new Outcome.PythonError(guest.errorType(), guest.message(), guest.traceback(), guest.exitCode());
    }

    private Outcome outcome(NativeException e, Run run) {
        Throwable failure = upcall.takeFailure();
        if (failure != null) {
            throw new HyperlightException(Code.INTERNAL, "Answering the guest failed: " + failure, failure);
        }
        Outcome stopped = run.stopped();
        return switch (e.code()) {
            case CANCELLED -> {
                if (stopped == null) {
                    throw e.asHostFailure("Running a program");
                }
                yield stopped;
            }
            case GUEST_MEMORY -> new Outcome.OutOfMemory(String.valueOf(e.getMessage()));
            case GUEST_ABORTED -> new Outcome.Crashed(String.valueOf(e.getMessage()));
            case INVALID_ARGUMENT, INTERNAL, NO_HYPERVISOR, HYPERVISOR, GUEST_IMAGE, POISONED, SNAPSHOT, IO ->
                throw e.asHostFailure("Running a program");
        };
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The sandbox is closed");
        }
    }

    /** Makes the micro-VM ready for a run. */
    private Machine prepare() {
        Machine ready = machine;
        if (ready != null && !clean && !restore(ready)) {
            machine = null;
            ready.close();
            ready = null;
        }
        if (ready == null) {
            ready = make();
            machine = ready;
        }
        clean = true;
        return ready;
    }

    /** Whether the micro-VM is clean again. One that cannot be restored is replaced. */
    private boolean restore(Machine dirty) {
        try {
            dirty.sandbox.restore(snapshot);
            return true;
        } catch (NativeException e) {
            LOG.log(Level.WARNING, "A micro-VM could not be restored, and is replaced", e);
            return false;
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
