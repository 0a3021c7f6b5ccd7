package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.files.Mounts;
import io.github.hyperlight4j.internal.http.HttpAccess;
import io.github.hyperlight4j.internal.run.RunSettings;
import io.github.hyperlight4j.internal.run.ToolThreads;
import io.github.hyperlight4j.internal.tool.ToolAccount;
import io.github.hyperlight4j.internal.tool.ToolRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of runs: the tools that a program can call, the files that it can read, the hosts that it can reach,
 * its limits, and the listener and interceptors of the application. Immutable.
 *
 * {@snippet :
 * SandboxConfig config = SandboxConfig.builder()
 *         .tools(Tools.of(new Shop()))
 *         .workspace(Path.of("/srv/shop"))
 *         .allowedDomain(AllowedDomain.of("api.example.com", "GET"))
 *         .build();
 * RunResult result = sandbox.run("print(call_tool('orders', userId=7))", config);
 * }
 *
 * All of it binds on the host when a run begins, so any sandbox can serve any configuration, and another configuration
 * costs nothing. Build one for each change, not for each run: building resolves the mounts.
 */
public final class SandboxConfig {

    private static final SandboxConfig DEFAULTS = builder().build();

    private final List<Tool> tools;
    private final Class<? extends Throwable> visibleToolErrors;
    private final List<ToolInterceptor> interceptors;
    private final ToolAccount account;
    private final ToolRegistry registry;
    private final Limits limits;
    private final RunListener listener;
    private final List<Supplier<ContextSnapshot>> toolContexts;
    private final ToolThreads toolThreads;
    private final @Nullable Path workspace;
    private final List<FileMount> fileMounts;
    private final Mounts mounts;
    private final List<AllowedDomain> allowedDomains;
    private final HttpSettings http;
    private final HttpAccess network;

    private SandboxConfig(Builder builder) {
        tools = List.copyOf(builder.tools);
        visibleToolErrors = builder.visibleToolErrors;
        interceptors = List.copyOf(builder.interceptors);
        account = builder.account;
        registry = new ToolRegistry(
                tools.stream().map(tool -> tool.intercepted(interceptors)).toList(), visibleToolErrors, account);
        limits = builder.limits;
        listener = builder.listener;
        toolContexts = List.copyOf(builder.toolContexts);
        toolThreads = builder.toolThreads.derive();
        workspace = builder.workspace;
        fileMounts = List.copyOf(builder.fileMounts);
        mounts = builder.mounts != null ? builder.mounts : Mounts.of(workspace, fileMounts);
        allowedDomains = List.copyOf(builder.allowedDomains.values());
        http = builder.http;
        network = builder.network != null
                ? builder.network
                : new HttpAccess(
                        allowedDomains.stream().map(AllowedDomain::rule).toList(), http);
    }

    /** Returns the configuration that holds when none is given: no tools, no files, no network, and {@link Limits#defaults()}. */
    public static SandboxConfig defaults() {
        return DEFAULTS;
    }

    /**
     * Returns a configuration with tools, and the defaults otherwise.
     *
     * @param tools tools, each with a name of its own
     * @return the configuration
     * @throws IllegalArgumentException if two tools have the same name
     */
    public static SandboxConfig of(Collection<Tool> tools) {
        return builder().tools(tools).build();
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns a builder with the settings of this configuration. What is not changed there is shared with this
     * configuration: mounts are not resolved again, for instance.
     */
    public Builder toBuilder() {
        Builder builder =
                new Builder().tools(tools).limits(limits).listener(listener).http(http);
        builder.visibleToolErrors = visibleToolErrors;
        builder.account = account;
        builder.interceptors.addAll(interceptors);
        builder.toolContexts.addAll(toolContexts);
        builder.workspace = workspace;
        builder.toolThreads = toolThreads;
        builder.fileMounts.addAll(fileMounts);
        allowedDomains.forEach(builder::allowedDomain);
        builder.mounts = mounts;
        builder.network = network;
        return builder;
    }

    /**
     * Returns a copy with other tools.
     *
     * @param tools all tools of the copy, each with a name of its own
     * @return the copy
     * @throws IllegalArgumentException if two tools have the same name
     */
    public SandboxConfig withTools(Collection<Tool> tools) {
        Builder builder = toBuilder();
        builder.tools.clear();
        return builder.tools(tools).build();
    }

    /**
     * Returns a copy with other file mounts. The workspace stays.
     *
     * @param mounts all mounts of the copy, each with a path of its own
     * @return the copy
     * @throws IllegalArgumentException if two mounts have the same path, or one is below a mounted file
     */
    public SandboxConfig withFileMounts(Collection<FileMount> mounts) {
        Builder builder = toBuilder();
        builder.fileMounts.clear();
        builder.mounts = null;
        return builder.fileMounts(mounts).build();
    }

    /**
     * Returns a copy with other allowed domains.
     *
     * @param domains all entries of the copy
     * @return the copy
     */
    public SandboxConfig withAllowedDomains(Collection<AllowedDomain> domains) {
        Builder builder = toBuilder();
        builder.allowedDomains.clear();
        builder.network = null;
        return builder.allowedDomains(domains).build();
    }

    /** Returns the tools, in the order in which they were added; unmodifiable. */
    public List<Tool> tools() {
        return tools;
    }

    /** Returns the type of the exceptions whose messages a program sees when a tool throws them. */
    public Class<? extends Throwable> visibleToolErrors() {
        return visibleToolErrors;
    }

    /** Returns the limits of a run. */
    public Limits limits() {
        return limits;
    }

    /** Returns the listener; {@link RunListener#none()} by default. */
    public RunListener listener() {
        return listener;
    }

    /** Returns the interceptors, the outermost first; unmodifiable. */
    public List<ToolInterceptor> interceptors() {
        return interceptors;
    }

    /** Returns the directory of the host that programs read as {@code /input}, if there is one. */
    public Optional<Path> workspace() {
        return Optional.ofNullable(workspace);
    }

    /** Returns the mounts below {@code /input}, in the order in which they were added; unmodifiable. */
    public List<FileMount> fileMounts() {
        return fileMounts;
    }

    /** Returns the entries of the allow-list, sorted by target; unmodifiable. */
    public List<AllowedDomain> allowedDomains() {
        return allowedDomains;
    }

    /** Returns the settings of HTTP requests. */
    public HttpSettings http() {
        return http;
    }

    /** Returns the settings of a run that the current thread starts, with its context. */
    RunSettings settings() {
        ContextSnapshot context = ContextSnapshot.empty();
        for (Supplier<ContextSnapshot> capture : toolContexts) {
            context = context.and(capture.get());
        }
        for (ToolInterceptor interceptor : interceptors) {
            context = context.and(interceptor.capture());
        }
        return new RunSettings(registry, limits, listener, context::wrap, toolThreads, mounts, network);
    }

    @Override
    public String toString() {
        return "SandboxConfig" + tools;
    }

    /** Makes a {@link SandboxConfig}. Not for use by several threads at once. */
    public static final class Builder {

        private final List<Tool> tools = new ArrayList<>();
        private Class<? extends Throwable> visibleToolErrors = Throwable.class;
        private ToolAccount account = new ToolAccount();
        private final List<ToolInterceptor> interceptors = new ArrayList<>();
        private Limits limits = Limits.defaults();
        private RunListener listener = RunListener.none();
        private final List<Supplier<ContextSnapshot>> toolContexts = new ArrayList<>();
        private ToolThreads toolThreads = new ToolThreads();
        private @Nullable Path workspace;
        private final List<FileMount> fileMounts = new ArrayList<>();
        private final Map<String, AllowedDomain> allowedDomains = new TreeMap<>();
        private HttpSettings http = HttpSettings.defaults();
        /** The resolved mounts of the configuration that this goes on from, until they are changed. */
        private @Nullable Mounts mounts;
        /** The network of the configuration that this goes on from, until it is changed. */
        private @Nullable HttpAccess network;

        private Builder() {}

        /**
         * Adds a tool. Default: none.
         *
         * @param tool a tool, with a name of its own
         * @return this
         */
        public Builder tool(Tool tool) {
            tools.add(Objects.requireNonNull(tool, "tool"));
            return this;
        }

        /**
         * Adds tools.
         *
         * @param tools tools, each with a name of its own
         * @return this
         */
        public Builder tools(Collection<Tool> tools) {
            tools.forEach(this::tool);
            return this;
        }

        /**
         * Sets the type of the exceptions whose messages a program sees when a tool throws them. For any other, it reads
         * that the tool failed; the application's log has the exception. Default: {@code Throwable}, so every message.
         *
         * @param type an exception of the application's own, meant for the program
         * @return this
         */
        public Builder visibleToolErrors(Class<? extends Throwable> type) {
            this.visibleToolErrors = Objects.requireNonNull(type, "type");
            return this;
        }

        /**
         * Adds an interceptor around all tool calls, inside those added before. Default: none.
         *
         * @param interceptor the interceptor
         * @return this
         */
        public Builder interceptor(ToolInterceptor interceptor) {
            interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
            return this;
        }

        /**
         * Adds a context of the run's caller that its tools get, which run on other threads: an authenticated user, a
         * logging context. Default: none. To observe a call's tool, arguments or result, use {@link #interceptor}.
         *
         * {@snippet :
         * builder.toolContext(() -> Context.current()::wrap); // OpenTelemetry
         * }
         *
         * @param capture called on the thread that starts a run, before it starts; returns the context for its tool calls
         * @return this
         */
        public Builder toolContext(Supplier<ContextSnapshot> capture) {
            toolContexts.add(Objects.requireNonNull(capture, "capture"));
            return this;
        }

        /**
         * Sets the limits of a run. Default: {@link Limits#defaults()}.
         *
         * @param limits the limits
         * @return this
         */
        public Builder limits(Limits limits) {
            this.limits = Objects.requireNonNull(limits, "limits");
            return this;
        }

        /**
         * Sets the listener of output and tool calls. Default: none.
         *
         * @param listener the listener
         * @return this
         */
        public Builder listener(RunListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Sets the directory that programs can read as {@code /input}. Default: none.
         *
         * @param workspace an existing directory of the host. Links inside it are followed where they stay in it, and other
         *     file systems that are mounted inside it are {@code EACCES}: see {@link FileMount}
         * @return this
         */
        public Builder workspace(Path workspace) {
            this.workspace = Objects.requireNonNull(workspace, "workspace");
            mounts = null;
            return this;
        }

        /**
         * Adds a file or directory that programs can read below {@code /input}; it shadows what the workspace has there.
         * Default: none.
         *
         * @param mount a mount, with a path of its own
         * @return this
         */
        public Builder fileMount(FileMount mount) {
            fileMounts.add(Objects.requireNonNull(mount, "mount"));
            mounts = null;
            return this;
        }

        /**
         * Adds files and directories that programs can read below {@code /input}.
         *
         * @param mounts mounts, each with a path of its own
         * @return this
         */
        public Builder fileMounts(Collection<FileMount> mounts) {
            mounts.forEach(this::fileMount);
            return this;
        }

        /**
         * Adds an entry to the allow-list of HTTP requests; an entry of the same target is replaced. Default: none, and
         * nothing can be requested.
         *
         * @param domain the entry
         * @return this
         */
        public Builder allowedDomain(AllowedDomain domain) {
            allowedDomains.put(domain.target(), domain);
            network = null;
            return this;
        }

        /**
         * Adds entries to the allow-list of HTTP requests.
         *
         * @param domains the entries
         * @return this
         */
        public Builder allowedDomains(Collection<AllowedDomain> domains) {
            domains.forEach(this::allowedDomain);
            return this;
        }

        /**
         * Sets how HTTP requests are made. Default: {@link HttpSettings#defaults()}.
         *
         * @param http the settings
         * @return this
         */
        public Builder http(HttpSettings http) {
            this.http = Objects.requireNonNull(http, "http");
            network = null;
            return this;
        }

        /**
         * {@return the configuration}
         *
         * @throws IllegalArgumentException if two tools have the same name, the workspace is no existing directory, two
         *     mounts have the same path, or one is below a mounted file
         * @throws HyperlightException if there are files to be read and this host cannot confine access to them
         */
        public SandboxConfig build() {
            return new SandboxConfig(this);
        }
    }
}
