package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.AllowedDomain;
import io.github.hyperlight4j.ApprovalMode;
import io.github.hyperlight4j.FileMount;
import io.github.hyperlight4j.HttpSettings;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.SandboxPool;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.codeact.internal.CodeActConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link HyperlightCodeActProvider} and a {@link HyperlightExecuteCodeTool} are built from. Not for use by several
 * threads at once.
 *
 * @param <B> the builder itself
 */
public abstract sealed class CodeActBuilder<B extends CodeActBuilder<B>>
        permits HyperlightCodeActProvider.Builder, HyperlightExecuteCodeTool.Builder {

    private final List<CodeActListener> listeners = new ArrayList<>();
    private CodeActConfig config = CodeActConfig.EMPTY;
    private Limits limits = config.host().limits();
    private HttpSettings http = config.host().http();
    private RunListener outputListener = config.host().output();
    private Supplier<UnaryOperator<Runnable>> toolContext = config.host().toolContext();
    private @Nullable ApprovalHook approvalHook;
    private @Nullable SandboxPool pool;

    CodeActBuilder() {}

    /**
     * Adds a tool. One that has its name is replaced, and the new one comes last. None if not called.
     *
     * @param tool the tool
     * @return this
     */
    public B tool(Tool tool) {
        return tools(List.of(tool));
    }

    /**
     * Adds tools, each as {@link #tool(Tool)} does.
     *
     * @param tools the tools
     * @return this
     */
    public B tools(Collection<Tool> tools) {
        config = config.withTools(List.copyOf(tools));
        return self();
    }

    /**
     * Sets whether all code needs approval. {@link ApprovalMode#NEVER_REQUIRE} if not called; a tool that requires it
     * makes all code require it nevertheless.
     *
     * @param mode whether it does
     * @return this
     */
    public B approvalMode(ApprovalMode mode) {
        config = config.withApproval(mode);
        return self();
    }

    /**
     * Sets who is asked before code runs that needs approval. Nobody if not called: then such code does not run, and the
     * model reads why.
     *
     * @param hook the hook; {@link ApprovalHook#byCaller()} if the application asks before it executes anything
     * @return this
     */
    public B approvalHook(ApprovalHook hook) {
        approvalHook = Objects.requireNonNull(hook, "hook");
        return self();
    }

    /**
     * Sets the directory that code reads as {@code /input}. It is read on demand, never copied or written. None if not
     * called.
     *
     * @param directory an existing directory
     * @return this
     * @throws IllegalArgumentException if it is not one
     */
    public B workspaceRoot(Path directory) {
        config = config.withWorkspaceRoot(directory);
        return self();
    }

    /**
     * Adds a file or directory that code reads under {@code /input}. One that has its mount path is replaced, and the new
     * one comes last. None if not called.
     *
     * @param mount the mount
     * @return this
     */
    public B fileMount(FileMount mount) {
        return fileMounts(List.of(mount));
    }

    /**
     * Adds file mounts, each as {@link #fileMount(FileMount)} does.
     *
     * @param mounts the mounts
     * @return this
     */
    public B fileMounts(Collection<FileMount> mounts) {
        config = config.withMounts(List.copyOf(mounts));
        return self();
    }

    /**
     * Adds URLs that code may request. An entry that has its target is replaced. None if not called: then there is no
     * network.
     *
     * @param domain the entry
     * @return this
     */
    public B allowedDomain(AllowedDomain domain) {
        return allowedDomains(List.of(domain));
    }

    /**
     * Adds allowed domains, each as {@link #allowedDomain(AllowedDomain)} does.
     *
     * @param domains the entries
     * @return this
     */
    public B allowedDomains(Collection<AllowedDomain> domains) {
        config = config.withDomains(List.copyOf(domains));
        return self();
    }

    /**
     * Sets what one execution may use. {@link Limits#defaults()} if not called.
     *
     * @param limits the limits
     * @return this
     */
    public B limits(Limits limits) {
        this.limits = Objects.requireNonNull(limits, "limits");
        return self();
    }

    /**
     * Sets how requests to allowed domains are made: through a proxy, with which certificates. {@link
     * HttpSettings#defaults()} if not called.
     *
     * @param http the settings
     * @return this
     */
    public B http(HttpSettings http) {
        this.http = Objects.requireNonNull(http, "http");
        return self();
    }

    /**
     * Sets who hears of what code prints, while it runs. Nobody if not called.
     *
     * @param listener the listener, which serves all executions
     * @return this
     */
    public B outputListener(RunListener listener) {
        this.outputListener = Objects.requireNonNull(listener, "listener");
        return self();
    }

    /**
     * Sets how the context of the thread that executes code gets to the tools, which run on other threads: an
     * authenticated user, a logging context. It does not get there if not called. Traces have their own way: see {@link
     * #listener}.
     *
     * @param toolContext as in {@link io.github.hyperlight4j.SandboxConfig.Builder#toolContext}
     * @return this
     */
    public B toolContext(Supplier<UnaryOperator<Runnable>> toolContext) {
        this.toolContext = Objects.requireNonNull(toolContext, "toolContext");
        return self();
    }

    /**
     * Sets the pool whose micro-VMs are used. If not called, it is one that all who did not call it share; it starts when
     * code is first executed, and lasts as long as the process.
     *
     * @param pool the pool, which stays the caller's to close
     * @return this
     */
    public B pool(SandboxPool pool) {
        this.pool = Objects.requireNonNull(pool, "pool");
        return self();
    }

    /**
     * Adds somebody who hears of executions and of the tool calls in them. Nobody if not called. Several hear of a start
     * in the order in which they were added, and of an end in the opposite order.
     *
     * @param listener the listener
     * @return this
     */
    public B listener(CodeActListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return self();
    }

    CodeActConfig config() {
        return config.withHost(new CodeActConfig.Host(limits, http, outputListener, toolContext));
    }

    CodeExecutor executor() {
        return new CodeExecutor(pool, approvalHook, new Listeners(listeners));
    }

    @SuppressWarnings("unchecked") // B is the class that extends this one: both are in this package.
    private B self() {
        return (B) this;
    }
}
