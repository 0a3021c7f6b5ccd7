package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.ApprovalMode;
import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.ToolInterceptor;
import io.github.hyperlight4j.codeact.internal.CodeActConfig;
import io.github.hyperlight4j.codeact.internal.CodeArgument;
import io.github.hyperlight4j.codeact.internal.Texts;
import java.util.List;
import java.util.Objects;

/**
 * The {@code execute_code} tool: a name, a description and an input schema to offer to a model, and {@link #execute} for
 * what the model sends. A {@link HyperlightCodeActProvider} makes one for each run of an agent; an application whose tools
 * do not change can build one and wire it by hand:
 *
 * {@snippet :
 * HyperlightExecuteCodeTool executeCode =
 *         HyperlightExecuteCodeTool.builder().tools(Tools.of(new Shop())).build();
 *
 * String instructions = "You help in a shop.\n" + executeCode.buildInstructions(false);
 * String answer = executeCode.execute("print(len(call_tool('orders', userId=7)))").text();
 * }
 *
 * <p>Immutable, and for any number of threads at once. Nothing to close: see {@link HyperlightCodeActProvider}.
 */
public final class HyperlightExecuteCodeTool {

    private final CodeActConfig config;
    private final CodeExecutor executor;
    private final String description;

    HyperlightExecuteCodeTool(CodeActConfig config, CodeExecutor executor) {
        this.config = config;
        this.executor = executor;
        this.description = Texts.description(config);
    }

    /** Returns a builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns this tool, with an interceptor around each tool call that its code makes: to carry something of the agent's
     * run into the tools, say, which run on other threads.
     *
     * @param interceptor called in place of each tool
     * @return a tool that differs in that
     */
    public HyperlightExecuteCodeTool intercepted(ToolInterceptor interceptor) {
        return new HyperlightExecuteCodeTool(
                config.withTools(config.tools().values().stream()
                        .map(tool -> tool.intercepted(interceptor))
                        .toList()),
                executor);
    }

    /** Returns the tool's name, {@code execute_code}. */
    public String name() {
        return Texts.NAME;
    }

    /**
     * Returns what the model has to know to write code: how to call the tools, each with its parameters and what it
     * returns, the files and targets that there are, and the limits. No host path and no secret is in it.
     */
    public String description() {
        return description;
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
        return config.approvalMode();
    }

    /** Returns what code can call; unmodifiable. */
    public List<Tool> tools() {
        return List.copyOf(config.tools().values());
    }

    /** Returns what one execution may use. */
    public Limits limits() {
        return config.host().limits();
    }

    /**
     * Returns the text to add to the agent's instructions. It names no tool besides {@code execute_code}.
     *
     * @param toolsVisibleToModel whether the agent also offers some of the code's tools directly
     * @return a few lines
     */
    public String buildInstructions(boolean toolsVisibleToModel) {
        return Texts.instructions(toolsVisibleToModel, config.hasFiles());
    }

    /**
     * Executes code, and waits for it. If it needs approval, that is asked for first. Code that comes in a Markdown fence,
     * as models like to write it, is taken out of it.
     *
     * @param code Python
     * @return what the model is to get: also when the code failed, could not be run as it is, or was refused
     * @throws HyperlightException if the host could not run it: the message says what is missing and what to do
     * @throws IllegalStateException if the pool is closed
     */
    public CodeResult execute(String code) {
        return executor.execute(CodeArgument.withoutFence(Objects.requireNonNull(code, "code")), config);
    }

    /**
     * Executes the code in a tool call's arguments as a model sends them: one JSON object that fits
     * {@link #inputSchema()}. Arguments that do not are answered with what would be right; nothing is executed then.
     *
     * @param arguments JSON
     * @return as {@link #execute}
     * @throws HyperlightException if the host could not run it
     * @throws IllegalStateException if the pool is closed
     */
    public CodeResult executeArguments(String arguments) {
        return switch (CodeArgument.read(Objects.requireNonNull(arguments, "arguments"))) {
            case CodeArgument.Code code -> execute(code.code());
            case CodeArgument.Wrong wrong -> CodeResult.notRun(Texts.NOT_RUN, Texts.badArguments(wrong.problem()));
        };
    }

    @Override
    public String toString() {
        return "HyperlightExecuteCodeTool" + config.tools().keySet();
    }

    /** Makes a {@link HyperlightExecuteCodeTool}. Not for use by several threads at once. */
    public static final class Builder extends CodeActBuilder<Builder> {

        private Builder() {}

        /** Returns the tool. */
        public HyperlightExecuteCodeTool build() {
            return new HyperlightExecuteCodeTool(config(), executor());
        }
    }
}
