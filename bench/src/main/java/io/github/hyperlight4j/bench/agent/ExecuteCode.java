package io.github.hyperlight4j.bench.agent;

import io.github.hyperlight4j.codeact.CodeResult;
import io.github.hyperlight4j.codeact.HyperlightExecuteCodeTool;

/** The one tool of CodeAct: each call is a program, which calls the shop's tools in its sandbox. */
final class ExecuteCode implements AgentTool {

    private final HyperlightExecuteCodeTool tool;
    private long toolCalls;

    ExecuteCode(HyperlightExecuteCodeTool tool) {
        this.tool = tool;
    }

    /** Returns how often the programs called tools. */
    long toolCalls() {
        return toolCalls;
    }

    @Override
    public String name() {
        return tool.name();
    }

    @Override
    public String description() {
        return tool.description();
    }

    @Override
    public String parameters() {
        return tool.inputSchema();
    }

    @Override
    public String call(String arguments) {
        CodeResult result = tool.executeArguments(arguments);
        result.run().ifPresent(run -> toolCalls += run.toolCalls());
        return result.text();
    }
}
