package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.run.HeldVm;
import io.github.hyperlight4j.internal.run.SourceCode;
import java.lang.ref.Reference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs Python programs in a micro-VM of its own, or one taken out of a {@link SandboxPool}. A program can use the
 * standard library and what its {@link SandboxConfig} gives it: tools, files and hosts, by default none. It has no
 * processes. What it writes under {@code /output} comes back with the result.
 *
 * {@snippet :
 * try (Sandbox sandbox = Sandbox.of(SandboxConfig.of(Tools.of(new Shop())))) {
 *     RunResult result = sandbox.run("print(len(call_tool('orders', userId=7)))");
 *     System.out.println(result.stdout());
 * }
 * }
 *
 * Every run starts from the same clean interpreter: nothing that a program did is there for the next one.
 *
 * <p>May be used from any thread, and runs one program at a time: a second caller waits. A virtual thread does not
 * keep its carrier during a run.
 */
public final class Sandbox implements CodeRunner {

    private final HeldVm vm;
    private final SandboxConfig config;

    Sandbox(HeldVm vm, SandboxConfig config) {
        this.vm = vm;
        this.config = config;
        LeakReport.watch(this, vm);
    }

    /**
     * Makes a sandbox that starts from {@link Snapshot#shared()}. The first one in a process loads that snapshot.
     *
     * @param config the configuration of its runs
     * @return the sandbox, for the caller to close
     * @throws HyperlightException if it cannot be made: the message says what is missing and what to do
     */
    public static Sandbox of(SandboxConfig config) {
        return builder().config(config).build();
    }

    /** Returns a builder. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public SandboxConfig config() {
        return config;
    }

    @Override
    public RunResult run(String code, SandboxConfig config) {
        byte[] source = SourceCode.encode(
                Objects.requireNonNull(code, "code"),
                Objects.requireNonNull(config, "config").limits().code());
        try {
            return vm.run(source, config.settings());
        } finally {
            Reference.reachabilityFence(this); // A sandbox in use is not a leak.
        }
    }

    /** Ends the run that is in progress, as {@link Outcome.Cancelled}; does nothing if there is none. Does not wait. */
    public void cancel() {
        vm.cancel();
    }

    /**
     * Ends the run that is in progress, as {@link Outcome.Cancelled}, waits for that and frees the micro-VM, or gives it
     * back to its pool. Idempotent. Called by a tool or listener of the run, it does not wait: that happens when the run
     * ends.
     */
    @Override
    public void close() {
        vm.close();
    }

    /** Makes a {@link Sandbox}. Not for use by several threads at once. */
    public static final class Builder {

        private SandboxConfig config = SandboxConfig.defaults();
        private @Nullable Snapshot snapshot;

        private Builder() {}

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
         * @param snapshot the snapshot; may be closed once the sandbox is built
         * @return this
         */
        public Builder snapshot(Snapshot snapshot) {
            this.snapshot = Objects.requireNonNull(snapshot, "snapshot");
            return this;
        }

        /**
         * Makes the sandbox. The first one in a process loads the shared snapshot.
         *
         * @return the sandbox, for the caller to close
         * @throws IllegalStateException if the snapshot is closed
         * @throws HyperlightException if it cannot be made: the message says what is missing and what to do
         */
        public Sandbox build() {
            Snapshot from = snapshot != null ? snapshot : Snapshot.shared();
            return new Sandbox(new HeldVm(from.newMicroVm(), vm -> vm.microVm().close()), config);
        }
    }
}
