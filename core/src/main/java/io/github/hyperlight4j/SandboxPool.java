package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.pool.PoolSettings;
import io.github.hyperlight4j.internal.pool.ReadyPool;
import io.github.hyperlight4j.internal.run.FinishedRun;
import io.github.hyperlight4j.internal.run.MicroVm;
import io.github.hyperlight4j.internal.run.SourceCode;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sandboxes that many callers share. Each run has one to itself, as clean as if nobody had used it before, and made
 * ready in the background, so that its caller waits neither for a restore nor for the first touch of memory. Tools,
 * limits and all else that a {@link SandboxConfig} has bind when a run begins, so one pool serves every agent and tenant.
 *
 * {@snippet :
 * try (SandboxPool pool = SandboxPool.builder().max(16).build()) {
 *     RunResult result = pool.run("print(len(call_tool('orders', userId=7)))", config);
 * }
 * }
 *
 * <p>The pool makes sandboxes when they are wanted, up to its maximum, and ends those that nobody has wanted for some
 * time, down to its minimum. A run that breaks its micro-VM has it replaced. When all are in use, callers wait, first
 * come, first served; not forever, and not more than there may be. When callers come faster than sandboxes are restored, a
 * caller gets one that its own run restores first: every run starts clean in any case.
 *
 * <p>Memory: a sandbox that has run or is ready to holds 2 to 4 MiB, besides what its program uses up.
 *
 * <p>May be used from any thread. A virtual thread does not keep its carrier while it waits or runs a program: that is
 * done by a platform thread. The pool's own threads are daemons, at most as many as processors.
 */
public final class SandboxPool implements AutoCloseable {

    private static final long CANCEL_INTERVAL_MILLIS = 5;

    private final Guest guest;
    private final ReadyPool<MicroVm> pool;
    private final Set<Lease> leases = ConcurrentHashMap.newKeySet();

    private SandboxPool(Guest guest, PoolSettings settings) {
        this.guest = guest;
        pool = new ReadyPool<>(new MicroVms(guest), settings);
    }

    /** What the pool holds. */
    private record MicroVms(Guest guest) implements ReadyPool.Kind<MicroVm> {
        @Override
        public MicroVm make() {
            return guest.newMicroVm();
        }

        @Override
        public void makeReady(MicroVm microVm) {
            microVm.makeReady();
        }

        @Override
        public void discard(MicroVm microVm) {
            microVm.close();
        }
    }

    /** Returns a builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Runs a program with {@link SandboxConfig#defaults()}.
     *
     * @param code Python; may be empty
     * @return how it ended, and what it printed
     * @see #run(String, SandboxConfig)
     */
    public RunResult run(String code) {
        return run(code, SandboxConfig.defaults());
    }

    /**
     * Runs a program to its end in a clean sandbox, and returns whatever that was. Waits for a sandbox if there is none
     * that is ready; the program's time begins after that. Interrupting the calling thread cancels the run, or the
     * waiting; the thread is still interrupted then.
     *
     * <p>A tool may run another program in the pool. It holds its own sandbox meanwhile, so a pool that is too small for
     * that ends as {@code BUSY}.
     *
     * @param code Python; may be empty
     * @param config what this run is given
     * @return how it ended, and what it printed
     * @throws InvalidCodeException if the code is larger than its limit, has a NUL character, or is not valid
     *     Unicode
     * @throws IllegalStateException if the pool is closed
     * @throws HyperlightException with the code {@code BUSY} if no sandbox became free in time; otherwise if the host
     *     could not run it
     */
    public RunResult run(String code, SandboxConfig config) {
        byte[] source = SourceCode.encode(
                Objects.requireNonNull(code, "code"), config.limits().code());
        try (Lease lease = lease()) {
            return lease.run(source, config);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new RunResult(FinishedRun.neverBegun());
        }
    }

    /**
     * Takes a sandbox out of the pool: to cancel its run from another thread, or to have it at hand.
     *
     * @return the sandbox, to be closed soon
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws IllegalStateException if the pool is closed
     * @throws HyperlightException with the code {@code BUSY} if no sandbox became free in time; otherwise if none could
     *     be made
     */
    public Lease lease() throws InterruptedException {
        Lease lease = new Lease(pool.take());
        leases.add(lease);
        if (pool.isClosed()) {
            lease.close(); // The pool's close() ends the leases that it sees.
            throw new IllegalStateException("The pool is closed");
        }
        return lease;
    }

    /** Returns what the pool holds now, and what it has done so far. */
    public PoolStats stats() {
        return pool.stats();
    }

    /**
     * Ends all runs that are in progress, as {@link Outcome.Cancelled}, waits for that and frees all sandboxes. Callers
     * that wait for one get an {@link IllegalStateException}. A second time does nothing but wait. Called by a tool or
     * listener of a run, it does not wait: the runs free their sandboxes when they end.
     */
    @Override
    public void close() {
        pool.close();
        guest.close();
        boolean isInside = leases.stream().anyMatch(lease -> lease.microVm.isInsideRun());
        for (Lease lease : leases) {
            lease.microVm.abandon();
            lease.abandon();
        }
        if (!isInside) {
            pool.awaitEmpty();
        }
    }

    /**
     * A sandbox of a {@link SandboxPool} that the caller has to itself. Each of its runs starts clean; at
     * most the first finds that already done. Runs one program at a time: a second caller waits.
     */
    public final class Lease implements AutoCloseable {

        private final MicroVm microVm;
        private final ReentrantLock lock = new ReentrantLock();
        private volatile boolean closed;
        /** Written with this one's monitor, so that nobody is in the middle of a cancellation then. */
        private volatile boolean givenBack;

        private Lease(MicroVm microVm) {
            this.microVm = microVm;
        }

        /**
         * Runs a program to its end, and returns whatever that was.
         *
         * @param code Python; may be empty
         * @param config what this run is given
         * @return how it ended, and what it printed
         * @throws InvalidCodeException if the code is larger than its limit, has a NUL character, or is not valid
         *     Unicode
         * @throws IllegalStateException if this is closed, or called by a tool or a listener of its own run
         * @throws HyperlightException if the host could not run it
         * @see Sandbox#run(String, SandboxConfig)
         */
        public RunResult run(String code, SandboxConfig config) {
            return run(
                    SourceCode.encode(
                            Objects.requireNonNull(code, "code"),
                            config.limits().code()),
                    config);
        }

        private RunResult run(byte[] source, SandboxConfig config) {
            if (microVm.isInsideRun()) {
                throw new IllegalStateException(
                        "This is a tool or listener of the run that is in progress in this sandbox");
            }
            try {
                lock.lockInterruptibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new RunResult(FinishedRun.neverBegun());
            }
            try {
                if (closed) {
                    throw new IllegalStateException("The sandbox was given back to its pool");
                }
                return new RunResult(microVm.run(source, config.settings()));
            } finally {
                lock.unlock();
                giveBackIfClosed();
            }
        }

        /**
         * Ends the run that is in progress, as {@link Outcome.Cancelled}; does nothing if there is none, or the sandbox
         * was given back.
         */
        public synchronized void cancel() {
            if (!givenBack) { // Afterwards, the run that is in progress there is somebody else's.
                microVm.cancel();
            }
        }

        /**
         * Ends the run that is in progress, as {@link Outcome.Cancelled}, waits for that and gives the sandbox back. A
         * second time does nothing. Called by a tool or listener of the run, it does not wait.
         */
        @Override
        public void close() {
            abandon();
            if (microVm.isInsideRun()) {
                return;
            }
            boolean interrupted = false;
            while (!givenBack) {
                cancel(); // Again and again: a run that is about to begin does not see it yet.
                try {
                    if (lock.tryLock(CANCEL_INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
                        lock.unlock();
                        giveBackIfClosed();
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        /** Begins no run any more. The run that is in progress gives the sandbox back or, if there is none, this does. */
        private void abandon() {
            closed = true;
            cancel();
            giveBackIfClosed();
        }

        private void giveBackIfClosed() {
            if (!closed || lock.isHeldByCurrentThread() || !lock.tryLock()) {
                return;
            }
            try {
                if (!givenBack) {
                    endCancelling();
                    leases.remove(this);
                    pool.giveBack(microVm, !microVm.isBroken());
                }
            } finally {
                lock.unlock();
            }
        }

        private synchronized void endCancelling() {
            givenBack = true;
        }
    }

    /** Makes a {@link SandboxPool}. Not for use by several threads at once. */
    public static final class Builder {

        private static final Duration LONGEST = Duration.ofDays(365);

        private int min = 1;
        private int max = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
        private int maxWaiting = 1000;
        private Duration waitTimeout = Duration.ofSeconds(30);
        private Duration idleTimeout = Duration.ofMinutes(1);
        private @Nullable Guest guest;

        private Builder() {}

        /**
         * Sets how many sandboxes are kept, made before anybody wants them. 1 if not called.
         *
         * @param min 0 or more; more than the maximum is the maximum
         * @return this
         * @throws IllegalArgumentException if it is negative
         */
        public Builder min(int min) {
            this.min = atLeast(0, min, "min");
            return this;
        }

        /**
         * Sets how many sandboxes there are at most, those that are being made ready included: so at least two, for one
         * to be ready while another is restored. Four a processor, and at least 8, if not called.
         *
         * @param max 1 or more
         * @return this
         * @throws IllegalArgumentException if it is less
         */
        public Builder max(int max) {
            this.max = atLeast(1, max, "max");
            return this;
        }

        /**
         * Sets how many callers may wait for a sandbox at a time; the next is refused with the code {@code BUSY}. 1000 if
         * not called.
         *
         * @param maxWaiting 1 or more
         * @return this
         * @throws IllegalArgumentException if it is less
         */
        public Builder maxWaiting(int maxWaiting) {
            this.maxWaiting = atLeast(1, maxWaiting, "maxWaiting");
            return this;
        }

        /**
         * Sets how long a caller waits for a sandbox; then it is refused with the code {@code BUSY}. 30 seconds if not
         * called.
         *
         * @param waitTimeout more than zero, at most 365 days
         * @return this
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder waitTimeout(Duration waitTimeout) {
            this.waitTimeout = inRange(waitTimeout, "waitTimeout");
            return this;
        }

        /**
         * Sets how long a sandbox that nobody wants is kept, beyond the minimum. One minute if not called.
         *
         * @param idleTimeout more than zero, at most 365 days
         * @return this
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder idleTimeout(Duration idleTimeout) {
            this.idleTimeout = inRange(idleTimeout, "idleTimeout");
            return this;
        }

        /**
         * Sets the interpreter to start from. {@link Guest#shared()} if not called.
         *
         * @param guest the guest; may be closed once the pool is built
         * @return this
         */
        public Builder guest(Guest guest) {
            this.guest = Objects.requireNonNull(guest, "guest");
            return this;
        }

        /**
         * Makes the pool, which begins to make its sandboxes; does not wait for them. The first one in a process loads the
         * shared guest.
         *
         * @return the pool, for the caller to close
         * @throws IllegalStateException if the guest is closed
         * @throws HyperlightException if the shared guest cannot be loaded
         */
        public SandboxPool build() {
            Guest own = (guest != null ? guest : Guest.shared()).share();
            return new SandboxPool(
                    own, new PoolSettings(Math.min(min, max), max, maxWaiting, waitTimeout, idleTimeout));
        }

        private static int atLeast(int least, int number, String name) {
            if (number < least) {
                throw new IllegalArgumentException(name + " must be at least " + least + ": " + number);
            }
            return number;
        }

        private static Duration inRange(Duration time, String name) {
            if (!Objects.requireNonNull(time, name).isPositive() || time.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(name + " must be more than zero and at most 365 days: " + time);
            }
            return time;
        }
    }
}
