package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.run.RunSettings;
import io.github.hyperlight4j.internal.tool.ToolRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * What a run is given: the tools that its program can call, what it may use, and who hears of it. Immutable.
 *
 * {@snippet :
 * SandboxConfig config = SandboxConfig.builder().tools(Tools.of(new Shop())).build();
 * RunResult result = sandbox.run("print(call_tool('orders', userId=7))", config);
 * }
 *
 * All of it binds on the host when a run begins, so any sandbox can serve any configuration, and a changed one costs
 * nothing.
 */
public final class SandboxConfig {

    private static final SandboxConfig DEFAULTS = builder().build();

    private final List<Tool> tools;
    private final RunSettings settings;

    private SandboxConfig(Builder builder) {
        tools = List.copyOf(builder.tools);
        settings = new RunSettings(
                new ToolRegistry(tools.stream().map(Tool::definition).toList()), builder.limits, builder.listener);
    }

    /** Returns the configuration that holds when none is given: no tools, and {@link Limits#defaults()}. */
    public static SandboxConfig defaults() {
        return DEFAULTS;
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with what this configuration has. */
    public Builder toBuilder() {
        return new Builder().tools(tools).limits(limits()).listener(listener());
    }

    /** Returns the tools, in the order in which they were added; unmodifiable. */
    public List<Tool> tools() {
        return tools;
    }

    /** Returns what a run may use. */
    public Limits limits() {
        return settings.limits();
    }

    /** Returns who hears of what a program does. */
    public RunListener listener() {
        return settings.listener();
    }

    RunSettings settings() {
        return settings;
    }

    @Override
    public String toString() {
        return "SandboxConfig" + tools;
    }

    /** Makes a {@link SandboxConfig}. Not for use by several threads at once. */
    public static final class Builder {

        private final List<Tool> tools = new ArrayList<>();
        private Limits limits = Limits.defaults();
        private RunListener listener = new RunListener() {};

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
         * {@return the configuration}
         *
         * @throws IllegalArgumentException if two tools have the same name
         */
        public SandboxConfig build() {
            return new SandboxConfig(this);
        }
    }
}
