package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.ApprovalMode;
import io.github.hyperlight4j.ContextSnapshot;
import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.codeact.internal.CodeArgument;
import io.github.hyperlight4j.codeact.internal.Texts;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@code execute_code} tool: a name, a description and an input schema to offer to a model, and {@link #execute} for
 * what the model sends. A {@link HyperlightCodeActProvider} makes one for each run of an agent; an application whose tools
 * do not change can build one and wire it by hand:
 *
 * {@snippet :
 * HyperlightExecuteCodeTool executeCode = HyperlightExecuteCodeTool.builder()
 *         .config(SandboxConfig.of(Tools.of(new Shop())))
 *         .build();
 *
 * String instructions = "You help in a shop.\n" + executeCode.buildInstructions(false);
 * String answer = executeCode.execute("print(len(call_tool('orders', userId=7)))").text();
 * }
 *
 * <p>Immutable, and for any number of threads at once. Nothing to close: see {@link HyperlightCodeActProvider}.
 */
public final class HyperlightExecuteCodeTool {

    private final SandboxConfig config;
    private final ApprovalMode requestedApproval;
    private final CodeExecutor executor;
    private final Description description;

    /** The description of a configuration, written when it is first asked for. */
    private static final class Description {

        private final SandboxConfig config;
        private @Nullable String text;

        Description(SandboxConfig config) {
            this.config = config;
        }

        synchronized String text() {
            String written = text;
            if (written == null) {
                written = Texts.description(config);
                text = written;
            }
            return written;
        }
    }

    HyperlightExecuteCodeTool(SandboxConfig config, ApprovalMode requestedApproval, CodeExecutor executor) {
        this(config, requestedApproval, executor, new Description(config));
    }

    private HyperlightExecuteCodeTool(
            SandboxConfig config, ApprovalMode requestedApproval, CodeExecutor executor, Description description) {
        this.config = config;
        this.requestedApproval = requestedApproval;
        this.executor = executor;
        this.description = description;
    }

    /** Returns a builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns a copy whose code's tools get another context besides those of the configuration.
     *
     * @param capture as in {@link SandboxConfig.Builder#toolContext}
     * @return the copy
     */
    public HyperlightExecuteCodeTool withToolContext(Supplier<ContextSnapshot> capture) {
        SandboxConfig with = config.toBuilder().toolContext(capture).build();
        return new HyperlightExecuteCodeTool(with, requestedApproval, executor, description);
    }

    /** Returns the same tool for another run of an agent. */
    HyperlightExecuteCodeTool forRun() {
        return new HyperlightExecuteCodeTool(config, requestedApproval, executor, description);
    }

    /** Returns a copy with another configuration. */
    HyperlightExecuteCodeTool withConfig(SandboxConfig changed) {
        return new HyperlightExecuteCodeTool(changed, requestedApproval, executor);
    }

    /** Returns the tool's name, {@code execute_code}. */
    public String name() {
        return Texts.NAME;
    }

    /**
     * Returns the description for the model that writes the code: how to call the tools, with their parameters and
     * results, the files and targets, and the limits. No host path and no secret is in it.
     */
    public String description() {
        return description.text();
    }

    /** Returns the JSON Schema of the input: an object with {@code code}, which is required. */
    public String inputSchema() {
        return Texts.INPUT_SCHEMA;
    }

    /**
     * Returns whether code needs approval. It does if that was requested, or if one of the tools requires it; then that
     * holds for any code, whether it calls that tool or not.
     */
    public ApprovalMode approvalMode() {
        boolean isRequired = requestedApproval == ApprovalMode.ALWAYS_REQUIRE
                || config.tools().stream().anyMatch(tool -> tool.approval() == ApprovalMode.ALWAYS_REQUIRE);
        return isRequired ? ApprovalMode.ALWAYS_REQUIRE : ApprovalMode.NEVER_REQUIRE;
    }

    /** Returns the configuration of the sandbox: tools, files, hosts, limits and so on. */
    public SandboxConfig config() {
        return config;
    }

    /**
     * Returns the text to add to the agent's instructions. It names no tool besides {@code execute_code}.
     *
     * @param toolsVisibleToModel whether the agent also offers some of the code's tools directly
     * @return a few lines
     */
    public String buildInstructions(boolean toolsVisibleToModel) {
        return Texts.instructions(toolsVisibleToModel, Texts.hasFiles(config));
    }

    /**
     * Executes code, and waits for it. If it needs approval, that is asked for first. Code that comes in a Markdown fence,
     * as models like to write it, is taken out of it.
     *
     * @param code Python
     * @return the result for the model, also when the code failed, could not be run as it is, or was refused
     * @throws HyperlightException if the host could not run it: the message says what is missing and what to do
     * @throws IllegalStateException if the pool is closed
     */
    public CodeResult execute(String code) {
        return execute(code, Map.of());
    }

    /**
     * Executes code as {@link #execute(String)}, with attributes of the execution.
     *
     * @param code Python
     * @param attributes the application's data for the {@link ApprovalRequest} and the {@link Execution}: the user, for
     *     instance. Neither the code nor the model sees them
     * @return as {@link #execute(String)}
     * @throws HyperlightException if the host could not run it
     * @throws IllegalStateException if the pool is closed
     */
    public CodeResult execute(String code, Map<String, ?> attributes) {
        String withoutFence = CodeArgument.withoutFence(Objects.requireNonNull(code, "code"));
        Execution execution = new Execution(withoutFence, config, Map.copyOf(attributes));
        return executor.execute(execution, approvalMode() == ApprovalMode.ALWAYS_REQUIRE);
    }

    /**
     * Executes the code in a tool call's arguments as a model sends them: one JSON object that fits
     * {@link #inputSchema()}. Arguments that do not fit, with a second {@code code} or with other keys among them, are
     * answered with what would be right; nothing is executed then.
     *
     * @param arguments JSON
     * @return as {@link #execute(String)}
     * @throws HyperlightException if the host could not run it
     * @throws IllegalStateException if the pool is closed
     */
    public CodeResult executeArguments(String arguments) {
        return executeArguments(arguments, Map.of());
    }

    /**
     * Executes the code in a tool call's arguments as {@link #executeArguments(String)}, with attributes of the execution.
     *
     * @param arguments JSON
     * @param attributes as in {@link #execute(String, Map)}
     * @return as {@link #execute(String)}
     * @throws HyperlightException if the host could not run it
     * @throws IllegalStateException if the pool is closed
     */
    public CodeResult executeArguments(String arguments, Map<String, ?> attributes) {
        return switch (CodeArgument.read(Objects.requireNonNull(arguments, "arguments"))) {
            case CodeArgument.Code code -> execute(code.code(), attributes);
            case CodeArgument.Wrong wrong ->
                CodeResult.notRun(CodeResult.Status.INVALID_ARGUMENTS, Texts.badArguments(wrong.problem()));
        };
    }

    @Override
    public String toString() {
        return "HyperlightExecuteCodeTool" + config.tools();
    }

    /** Makes a {@link HyperlightExecuteCodeTool}. Not for use by several threads at once. */
    public static final class Builder extends CodeActBuilder<Builder> {

        private Builder() {}

        /** Returns the tool. */
        public HyperlightExecuteCodeTool build() {
            return tool();
        }
    }
}
