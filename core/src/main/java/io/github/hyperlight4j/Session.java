package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.run.MicroVm;
import io.github.hyperlight4j.internal.run.SourceCode;
import java.lang.ref.Reference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs Python programs one after another in the same interpreter: imports and definitions of a program stay for the next,
 * in the module {@code __main__}. For programs that are not meant to see each other, use a {@link Sandbox} or a
 * {@link SandboxPool}.
 *
 * {@snippet :
 * try (Session session = Session.builder().build()) {
 *     session.run("import json, statistics\nprices = json.loads(call_tool('prices'))", config);
 *     try (Snapshot withPrices = session.capture();
 *             SandboxPool pool = SandboxPool.builder().snapshot(withPrices).build()) {
 *         pool.run("print(statistics.mean(prices))"); // Each run begins with the prices.
 *     }
 * }
 * }
 *
 * <p>Only the interpreter's memory is kept. Files in {@code /tmp} and {@code /output}, tool calls and requests belong to
 * the run that made them: the next finds the folders empty, and what was left open is closed.
 *
 * <p>A run that does not end by itself (it ran out of time or memory, was cancelled, crashed) leaves the interpreter in
 * an undefined state. The session is {@linkplain #isLost() lost} then: it runs no program until
 * {@link #reset()} has put it back to where it began or was last captured. A Python exception or {@code sys.exit} loses
 * nothing.
 *
 * <p>May be used from any thread, and runs one program at a time: a second caller waits.
 */
public final class Session implements CodeRunner {

    private final MicroVm microVm;
    private final SandboxConfig config;

    private Session(Builder builder) {
        config = builder.config;
        Snapshot snapshot = builder.snapshot;
        microVm = (snapshot != null ? snapshot : Snapshot.shared()).newMicroVm();
        LeakReport.watch(this, microVm);
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
     * Runs a program to its end, in the interpreter as the one before left it. Interrupting the calling thread cancels the
     * run; the thread is still interrupted afterwards.
     *
     * @throws InvalidCodeException if the code is larger than its limit, has a NUL character, or is not valid Unicode
     * @throws IllegalStateException if the session is lost or closed, or this is called from inside one of its own runs:
     *     by a tool or a listener
     * @throws HyperlightException if the host could not run it; the session is lost then
     */
    @Override
    public RunResult run(String code, SandboxConfig config) {
        byte[] source = SourceCode.encode(
                Objects.requireNonNull(code, "code"),
                Objects.requireNonNull(config, "config").limits().code());
        try {
            return microVm.resume(source, config.settings());
        } finally {
            Reference.reachabilityFence(this); // A session in use is not a leak.
        }
    }

    /** Returns whether the session must be {@linkplain #reset() reset} before it can run again. */
    public boolean isLost() {
        return microVm.isLost();
    }

    /**
     * Puts the session back to where it began, or was last captured. Waits for the run that is in progress.
     *
     * @throws IllegalStateException if the session is closed, or this is called from inside one of its own runs
     * @throws HyperlightException if the host cannot do it
     */
    public void reset() {
        microVm.reset();
    }

    /**
     * Captures the interpreter as it is, as the starting point of sandboxes, pools and sessions; their first statement runs
     * as if it were the session's next. The session goes on, and would be {@linkplain #reset()
     * reset} to here. Takes as long as copying the interpreter's memory.
     *
     * <p>The snapshot holds all that the session's programs have done to the interpreter: do not use it for programs of
     * another tenant.
     *
     * @return the snapshot, for the caller to close
     * @throws IllegalStateException if the session is lost or closed, or this is called from inside one of its own runs
     * @throws HyperlightException if the host cannot do it
     */
    public Snapshot capture() {
        return Snapshot.captured(microVm.capture());
    }

    /** Ends the run that is in progress, as {@link Outcome.Cancelled}; does nothing if there is none. Does not wait. */
    public void cancel() {
        microVm.cancel();
    }

    /**
     * Ends the run that is in progress, as {@link Outcome.Cancelled}, waits for that and frees the micro-VM. A second
     * time does nothing. Called by a tool or listener of the run, it does not wait: the run frees the micro-VM when it
     * ends.
     */
    @Override
    public void close() {
        microVm.close();
    }

    /** Makes a {@link Session}. Not for use by several threads at once. */
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
         * @param snapshot the snapshot; may be closed once the session is built
         * @return this
         */
        public Builder snapshot(Snapshot snapshot) {
            this.snapshot = Objects.requireNonNull(snapshot, "snapshot");
            return this;
        }

        /**
         * {@return a session, for the caller to close} The first one in a process loads the shared snapshot.
         *
         * @throws IllegalStateException if the snapshot is closed
         * @throws HyperlightException if it cannot be made: the message says what is missing and what to do
         */
        public Session build() {
            return new Session(this);
        }
    }
}
