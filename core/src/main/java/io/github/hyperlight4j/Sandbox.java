package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.run.MicroVm;
import io.github.hyperlight4j.internal.run.SourceCode;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs Python programs in a micro-VM of its own. A program can use the standard library and call the sandbox's tools;
 * it has no processes, and of files and network what the sandbox was given: nothing, if nothing was said. What it writes
 * under {@code /output} comes back with the result.
 *
 * {@snippet :
 * try (Sandbox sandbox = Sandbox.builder().tools(Tools.of(new Shop())).build()) {
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
public final class Sandbox implements AutoCloseable {

    private final MicroVm microVm;
    private final SandboxConfig config;

    private Sandbox(Builder builder) {
        config = builder.config.build();
        Guest guest = builder.guest;
        microVm = (guest != null ? guest : Guest.shared()).newMicroVm();
        LeakReport.watch(this, microVm);
    }

    /** Returns a builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns what its runs are given where they are given nothing else. */
    public SandboxConfig config() {
        return config;
    }

    /**
     * Runs a program to its end, with the sandbox's own configuration.
     *
     * @param code Python; may be empty
     * @return how it ended, and what it printed
     * @throws InvalidCodeException if the code is larger than its limit, has a NUL character, or is not valid
     *     Unicode
     * @throws IllegalStateException if the sandbox is closed, or this is called from inside one of its own runs: by a
     *     tool or a listener
     * @throws HyperlightException if the host could not run it; the next run starts afresh
     * @see #run(String, SandboxConfig)
     */
    public RunResult run(String code) {
        return run(code, config);
    }

    /**
     * Runs a program to its end, and returns whatever that was. Interrupting the calling thread cancels the run; the
     * thread is still interrupted then.
     *
     * @param code Python; may be empty
     * @param config what this run is given, instead of what the sandbox was built with
     * @return how it ended, and what it printed
     * @throws InvalidCodeException if the code is larger than its limit, has a NUL character, or is not valid
     *     Unicode
     * @throws IllegalStateException if the sandbox is closed, or this is called from inside one of its own runs: by a
     *     tool or a listener
     * @throws HyperlightException if the host could not run it; the next run starts afresh
     */
    public RunResult run(String code, SandboxConfig config) {
        byte[] source = SourceCode.encode(
                Objects.requireNonNull(code, "code"), config.limits().code());
        return new RunResult(microVm.run(source, config.settings()));
    }

    /** Ends the run that is in progress, as {@link Outcome.Cancelled}; does nothing if there is none. Does not wait. */
    public void cancel() {
        microVm.cancel();
    }

    /**
     * Ends the run that is in progress, as {@link Outcome.Cancelled}, waits for that and frees the micro-VM. A second
     * time does nothing. Called by a listener, it does not wait: the run frees the micro-VM when it ends.
     */
    @Override
    public void close() {
        microVm.close();
    }

    /** Makes a {@link Sandbox}. Not for use by several threads at once. */
    public static final class Builder {

        private SandboxConfig.Builder config = SandboxConfig.builder();
        private @Nullable Guest guest;

        private Builder() {}

        /**
         * Sets what its runs are given, all of it: what was set before is dropped. {@link SandboxConfig#defaults()} if
         * not called.
         *
         * @param config the configuration
         * @return this
         */
        public Builder config(SandboxConfig config) {
            this.config = config.toBuilder();
            return this;
        }

        /**
         * Adds a tool. None if not called.
         *
         * @param tool a tool, with a name that no other has
         * @return this
         */
        public Builder tool(Tool tool) {
            config.tool(tool);
            return this;
        }

        /**
         * Adds tools.
         *
         * @param tools tools, each with a name that no other has
         * @return this
         */
        public Builder tools(Collection<Tool> tools) {
            config.tools(tools);
            return this;
        }

        /**
         * Sets what each run may use. {@link Limits#defaults()} if not called.
         *
         * @param limits the limits
         * @return this
         */
        public Builder limits(Limits limits) {
            config.limits(limits);
            return this;
        }

        /**
         * Sets who hears of what a program does while it runs. Nobody if not called.
         *
         * @param listener the listener
         * @return this
         */
        public Builder listener(RunListener listener) {
            config.listener(listener);
            return this;
        }

        /**
         * Sets the directory that programs can read as {@code /input}. None if not called.
         *
         * @param workspace an existing directory of the host; links inside it are followed where they stay in it
         * @return this
         */
        public Builder workspace(Path workspace) {
            config.workspace(workspace);
            return this;
        }

        /**
         * Adds a file or directory that programs can read below {@code /input}; it hides what the workspace has there.
         * None if not called.
         *
         * @param mount a mount, with a path that no other has
         * @return this
         */
        public Builder fileMount(FileMount mount) {
            config.fileMount(mount);
            return this;
        }

        /**
         * Adds URLs that programs may request; an entry of the same target is replaced. Nothing can be requested if not
         * called.
         *
         * @param domain what is allowed
         * @return this
         */
        public Builder allowedDomain(AllowedDomain domain) {
            config.allowedDomain(domain);
            return this;
        }

        /**
         * Sets how requests are made. {@link HttpSettings#defaults()} if not called.
         *
         * @param http the settings
         * @return this
         */
        public Builder http(HttpSettings http) {
            config.http(http);
            return this;
        }

        /**
         * Sets how the context of a run's caller gets to its tools. It does not get there if not called.
         *
         * @param capture as {@link SandboxConfig.Builder#toolContext} has it
         * @return this
         */
        public Builder toolContext(Supplier<UnaryOperator<Runnable>> capture) {
            config.toolContext(capture);
            return this;
        }

        /**
         * Sets the interpreter to start from. {@link Guest#shared()} if not called.
         *
         * @param guest the guest; may be closed once the sandbox is built
         * @return this
         */
        public Builder guest(Guest guest) {
            this.guest = Objects.requireNonNull(guest, "guest");
            return this;
        }

        /**
         * Makes the sandbox. The first one in a process boots the shared guest.
         *
         * @return the sandbox, for the caller to close
         * @throws IllegalArgumentException as {@link SandboxConfig.Builder#build()}
         * @throws IllegalStateException if the guest is closed
         * @throws HyperlightException if it cannot be made: the message says what is missing and what to do
         */
        public Sandbox build() {
            return new Sandbox(this);
        }
    }
}
