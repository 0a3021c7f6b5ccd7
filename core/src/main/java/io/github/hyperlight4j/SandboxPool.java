package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.pool.PoolSettings;
import io.github.hyperlight4j.internal.pool.ReadyPool;
import io.github.hyperlight4j.internal.run.FinishedRun;
import io.github.hyperlight4j.internal.run.HeldVm;
import io.github.hyperlight4j.internal.run.MicroVm;
import io.github.hyperlight4j.internal.run.SourceCode;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sandboxes shared by many callers. Each run has a clean sandbox to itself, restored in the background, so that its caller
 * waits neither for a restore nor for the first touch of memory. A {@link SandboxConfig} binds when a run begins, so one
 * pool serves every agent and tenant.
 *
 * {@snippet :
 * try (SandboxPool pool = SandboxPool.builder().max(16).build()) {
 *     RunResult result = pool.run("print(len(call_tool('orders', userId=7)))", config);
 * }
 * }
 *
 * <p>The pool creates sandboxes on demand, up to its maximum, and frees idle ones after some time, down to its minimum. A
 * micro-VM that a run broke is replaced. When all sandboxes are in use, callers queue, first come, first served, for a
 * limited time and in a limited number. Under load, a caller gets a used sandbox that its own run restores first: every
 * run starts clean in any case.
 *
 * <p>Memory: a sandbox holds 2 to 4 MiB, besides the memory of its program.
 *
 * <p>May be used from any thread. A virtual thread does not keep its carrier while it waits or runs a program: that is
 * done by a platform thread. The pool's own threads are daemons, at most as many as processors.
 */
public final class SandboxPool implements CodeRunner {

    private final Snapshot snapshot;
    private final SandboxConfig config;
    private final ReadyPool<MicroVm> pool;
    private final Set<HeldVm> held = ConcurrentHashMap.newKeySet();

    private SandboxPool(Snapshot snapshot, SandboxConfig config, PoolSettings settings) {
        this.snapshot = snapshot;
        this.config = config;
        pool = new ReadyPool<>(new MicroVms(snapshot), settings);
    }

    /** The resources of the pool. */
    private record MicroVms(Snapshot snapshot) implements ReadyPool.Kind<MicroVm> {
        @Override
        public MicroVm make() {
            return snapshot.newMicroVm();
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

    @Override
    public SandboxConfig config() {
        return config;
    }

    /**
     * Runs a program to its end in a clean sandbox, whatever that end is. Waits for a sandbox if none is free; the
     * program's time begins after that. Interrupting the calling thread cancels the run, or the wait; the thread is still
     * interrupted afterwards.
     *
     * <p>A tool may run another program in the pool. It holds its own sandbox meanwhile, so a pool that is too small for
     * that ends as {@code BUSY}.
     *
     * @throws InvalidCodeException if the code is larger than its limit, has a NUL character, or is not valid Unicode
     * @throws IllegalStateException if the pool is closed
     * @throws HyperlightException with the code {@code BUSY} if no sandbox became free in time; otherwise if the host
     *     could not run the program
     */
    @Override
    public RunResult run(String code, SandboxConfig config) {
        byte[] source = SourceCode.encode(
                Objects.requireNonNull(code, "code"),
                Objects.requireNonNull(config, "config").limits().code());
        try (HeldVm vm = take()) {
            return vm.run(source, config.settings());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FinishedRun.neverBegun();
        }
    }

    /**
     * Takes a sandbox out of the pool: to cancel its run from another thread, or for several runs. Each run starts clean.
     *
     * @return a sandbox whose {@code close()} gives it back, with the pool's configuration; to be closed soon
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws IllegalStateException if the pool is closed
     * @throws HyperlightException with the code {@code BUSY} if no sandbox became free in time; otherwise if none could
     *     be made
     */
    public Sandbox acquire() throws InterruptedException {
        HeldVm vm = take();
        try {
            return new Sandbox(vm, config);
        } catch (Throwable e) { // For want of memory.
            vm.close();
            throw e;
        }
    }

    private HeldVm take() throws InterruptedException {
        MicroVm microVm = pool.take();
        HeldVm vm;
        try {
            vm = new HeldVm(microVm, this::giveBack);
            held.add(vm);
        } catch (Throwable e) { // For want of memory.
            pool.giveBack(microVm, true);
            throw e;
        }
        if (pool.isClosed()) {
            vm.close(); // close() ends what it finds in held.
            throw new IllegalStateException("The pool is closed");
        }
        return vm;
    }

    private void giveBack(HeldVm vm) {
        if (held.remove(vm)) { // Once, also if close() is repeated.
            pool.giveBack(vm.microVm(), !vm.microVm().isBroken());
        }
    }

    /** Returns the state of the pool. */
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
        snapshot.close();
        boolean isInside = held.stream().anyMatch(vm -> vm.microVm().isInsideRun());
        for (HeldVm vm : held) {
            vm.microVm().abandon();
            vm.abandon();
        }
        if (!isInside) {
            pool.awaitEmpty();
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
        private SandboxConfig config = SandboxConfig.defaults();
        private @Nullable Snapshot snapshot;

        private Builder() {}

        /**
         * Sets the number of sandboxes that are always kept. Default: 1.
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
         * Sets the maximum number of sandboxes, those being restored included: with at least two, one is ready while
         * another is restored. Default: four a processor, and at least 8.
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
         * Sets the maximum number of callers that wait at a time; a further one is refused with the code {@code BUSY}.
         * Default: 1000.
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
         * Sets the time that a caller waits for a sandbox; then it is refused with the code {@code BUSY}. Default: 30
         * seconds.
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
         * Sets the time after which an idle sandbox beyond the minimum is freed. Default: one minute.
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
         * Sets the configuration of runs that are given none of their own. Default: {@link SandboxConfig#defaults()}.
         *
         * @param config the configuration
         * @return this
         */
        public Builder config(SandboxConfig config) {
            this.config = Objects.requireNonNull(config, "config");
            return this;
        }

        /**
         * Sets the snapshot to start from. Default: {@link Snapshot#shared()}.
         *
         * @param snapshot the snapshot; may be closed once the pool is built
         * @return this
         */
        public Builder snapshot(Snapshot snapshot) {
            this.snapshot = Objects.requireNonNull(snapshot, "snapshot");
            return this;
        }

        /**
         * Makes the pool, which begins to make its sandboxes; does not wait for them. The first one in a process loads the
         * shared snapshot.
         *
         * @return the pool, for the caller to close
         * @throws IllegalStateException if the snapshot is closed
         * @throws HyperlightException if the shared snapshot cannot be loaded
         */
        public SandboxPool build() {
            Snapshot own = (snapshot != null ? snapshot : Snapshot.shared()).share();
            return new SandboxPool(
                    own, config, new PoolSettings(Math.min(min, max), max, maxWaiting, waitTimeout, idleTimeout));
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
