package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.ApprovalMode;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.SandboxPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link HyperlightCodeActProvider} and of a {@link HyperlightExecuteCodeTool}. Not for use by several
 * threads at once.
 *
 * @param <B> the builder itself
 */
public abstract sealed class CodeActBuilder<B extends CodeActBuilder<B>>
        permits HyperlightCodeActProvider.Builder, HyperlightExecuteCodeTool.Builder {

    private final List<CodeActListener> listeners = new ArrayList<>();
    private SandboxConfig config = SandboxConfig.defaults();
    private ApprovalMode approvalMode = ApprovalMode.NEVER_REQUIRE;
    private @Nullable ApprovalHook approvalHook;
    private @Nullable SandboxPool pool;

    CodeActBuilder() {}

    /**
     * Sets the configuration of the sandbox: tools, files, hosts, limits and so on. Default:
     * {@link SandboxConfig#defaults()}.
     *
     * @param config the configuration
     * @return this
     */
    public B config(SandboxConfig config) {
        this.config = Objects.requireNonNull(config, "config");
        return self();
    }

    /**
     * Sets whether all code needs approval. Default: {@link ApprovalMode#NEVER_REQUIRE}; a tool that requires approval
     * makes all code require it nevertheless.
     *
     * @param mode whether all code needs approval
     * @return this
     */
    public B approvalMode(ApprovalMode mode) {
        approvalMode = Objects.requireNonNull(mode, "mode");
        return self();
    }

    /**
     * Sets the approver of code that needs approval. Default: none, and such code is not run; the model reads why.
     *
     * @param hook the hook; {@link ApprovalHook#byCaller()} if the application asks before it executes anything
     * @return this
     */
    public B approvalHook(ApprovalHook hook) {
        approvalHook = Objects.requireNonNull(hook, "hook");
        return self();
    }

    /**
     * Sets the pool whose micro-VMs are used. Default: a pool shared by the process, which starts when code is first
     * executed.
     *
     * @param pool the pool, which stays the caller's to close
     * @return this
     */
    public B pool(SandboxPool pool) {
        this.pool = Objects.requireNonNull(pool, "pool");
        return self();
    }

    /**
     * Adds a listener of executions. Default: none. Several are notified of a start in the order in which they were
     * added, and of an end in the opposite order.
     *
     * @param listener the listener
     * @return this
     */
    public B listener(CodeActListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return self();
    }

    HyperlightExecuteCodeTool tool() {
        return new HyperlightExecuteCodeTool(
                config, approvalMode, new CodeExecutor(pool, approvalHook, List.copyOf(listeners)));
    }

    @SuppressWarnings("unchecked") // B is the class that extends this one: both are in this package.
    private B self() {
        return (B) this;
    }
}
