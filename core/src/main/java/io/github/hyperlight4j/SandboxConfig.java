package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.files.Mounts;
import io.github.hyperlight4j.internal.run.Network;
import io.github.hyperlight4j.internal.run.RunSettings;
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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a run is given: the tools that its program can call, the files that it can read, the hosts that it can reach, what
 * it may use, and who hears of it. Immutable.
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
 * All of it binds on the host when a run begins, so any sandbox can serve any configuration, and a changed one costs
 * nothing.
 */
public final class SandboxConfig {

    private static final SandboxConfig DEFAULTS = builder().build();

    private final List<Tool> tools;
    private final ToolRegistry registry;
    private final Limits limits;
    private final RunListener listener;
    private final Supplier<UnaryOperator<Runnable>> toolContext;
    private final @Nullable Path workspace;
    private final List<FileMount> fileMounts;
    private final Mounts mounts;
    private final List<AllowedDomain> allowedDomains;
    private final HttpSettings http;
    private final Network network;

    private SandboxConfig(Builder builder) {
        tools = List.copyOf(builder.tools);
        registry = new ToolRegistry(tools.stream().map(Tool::definition).toList());
        limits = builder.limits;
        listener = builder.listener;
        toolContext = builder.toolContext;
        workspace = builder.workspace;
        fileMounts = List.copyOf(builder.fileMounts);
        mounts = Mounts.of(workspace, fileMounts);
        allowedDomains = List.copyOf(builder.allowedDomains.values());
        http = builder.http;
        network = new Network(allowedDomains.stream().map(AllowedDomain::rule).toList(), http.config());
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

    /** Returns a builder with what this configuration has. */
    public Builder toBuilder() {
        Builder builder = new Builder()
                .tools(tools)
                .limits(limits)
                .listener(listener)
                .toolContext(toolContext)
                .fileMounts(fileMounts)
                .allowedDomains(allowedDomains)
                .http(http);
        builder.workspace = workspace;
        return builder;
    }

    /** Returns the tools, in the order in which they were added; unmodifiable. */
    public List<Tool> tools() {
        return tools;
    }

    /** Returns what a run may use. */
    public Limits limits() {
        return limits;
    }

    /** Returns who hears of what a program does. */
    public RunListener listener() {
        return listener;
    }

    /** Returns the directory of the host that is {@code /input}, if there is one. */
    public Optional<Path> workspace() {
        return Optional.ofNullable(workspace);
    }

    /** Returns what is mounted below {@code /input}, in the order in which it was added; unmodifiable. */
    public List<FileMount> fileMounts() {
        return fileMounts;
    }

    /** Returns what may be requested, sorted by target; unmodifiable. */
    public List<AllowedDomain> allowedDomains() {
        return allowedDomains;
    }

    /** Returns how requests are made. */
    public HttpSettings http() {
        return http;
    }

    /** What a run is given whose caller is the current thread. */
    RunSettings settings() {
        UnaryOperator<Runnable> context = Objects.requireNonNull(toolContext.get(), "The tools' context");
        return new RunSettings(registry, limits, listener, context, mounts, network);
    }

    @Override
    public String toString() {
        return "SandboxConfig" + tools;
    }

    /** Makes a {@link SandboxConfig}. Not for use by several threads at once. */
    public static final class Builder {

        private final List<Tool> tools = new ArrayList<>();
        private Limits limits = Limits.defaults();
        private RunListener listener = RunListener.none();
        private Supplier<UnaryOperator<Runnable>> toolContext = UnaryOperator::identity;
        private @Nullable Path workspace;
        private final List<FileMount> fileMounts = new ArrayList<>();
        private final Map<String, AllowedDomain> allowedDomains = new TreeMap<>();
        private HttpSettings http = HttpSettings.defaults();

        private Builder() {}

        /**
         * Adds a tool. None if not called.
         *
         * @param tool a tool, with a name that no other has
         * @return this
         */
        public Builder tool(Tool tool) {
            tools.add(Objects.requireNonNull(tool, "tool"));
            return this;
        }

        /**
         * Adds tools.
         *
         * @param tools tools, each with a name that no other has
         * @return this
         */
        public Builder tools(Collection<Tool> tools) {
            tools.forEach(this::tool);
            return this;
        }

        /**
         * Sets what each run may use. {@link Limits#defaults()} if not called.
         *
         * @param limits the limits
         * @return this
         */
        public Builder limits(Limits limits) {
            this.limits = Objects.requireNonNull(limits, "limits");
            return this;
        }

        /**
         * Sets who hears of what a program does while it runs. Nobody if not called.
         *
         * @param listener the listener
         * @return this
         */
        public Builder listener(RunListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Sets how the context of a run's caller gets to its tools, which run on other threads: a trace's current span,
         * an authenticated user. It does not get there if not called. Whoever is to know the tool, its arguments or its
         * result is a {@link ToolInterceptor}, inside this.
         *
         * {@snippet :
         * builder.toolContext(() -> Context.current()::wrap); // OpenTelemetry
         * }
         *
         * @param capture called on the thread that starts a run; what it returns makes of each tool call one that runs in
         *     that context. It has to run what it is given, once and on the thread on which it is run itself
         * @return this
         */
        public Builder toolContext(Supplier<UnaryOperator<Runnable>> capture) {
            this.toolContext = Objects.requireNonNull(capture, "capture");
            return this;
        }

        /**
         * Sets the directory that programs can read as {@code /input}. None if not called.
         *
         * @param workspace an existing directory of the host; links inside it are followed where they stay in it
         * @return this
         */
        public Builder workspace(Path workspace) {
            this.workspace = Objects.requireNonNull(workspace, "workspace");
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
            fileMounts.add(Objects.requireNonNull(mount, "mount"));
            return this;
        }

        /**
         * Adds files and directories that programs can read below {@code /input}.
         *
         * @param mounts mounts, each with a path that no other has
         * @return this
         */
        public Builder fileMounts(Collection<FileMount> mounts) {
            mounts.forEach(this::fileMount);
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
            allowedDomains.put(domain.target(), domain);
            return this;
        }

        /**
         * Adds URLs that programs may request.
         *
         * @param domains what is allowed
         * @return this
         */
        public Builder allowedDomains(Collection<AllowedDomain> domains) {
            domains.forEach(this::allowedDomain);
            return this;
        }

        /**
         * Sets how requests are made. {@link HttpSettings#defaults()} if not called.
         *
         * @param http the settings
         * @return this
         */
        public Builder http(HttpSettings http) {
            this.http = Objects.requireNonNull(http, "http");
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
