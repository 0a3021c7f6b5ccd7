package io.github.hyperlight4j.bench.agent;

import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.Sandbox;
import io.github.hyperlight4j.Tool;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The one tool of CodeAct. */
final class ExecuteCode implements AgentTool, AutoCloseable {

    private final List<Tool> tools;
    private final Sandbox sandbox;
    private long toolCalls;

    ExecuteCode(List<Tool> tools) {
        this.tools = tools;
        this.sandbox = Sandbox.builder().tools(tools).build();
    }

    /** Returns how often the programs called tools. */
    long toolCalls() {
        return toolCalls;
    }

    @Override
    public String name() {
        return "execute_code";
    }

    @Override
    public String description() {
        return "Runs a Python program in a sandbox and returns what it prints. In it, call_tool(name, **arguments) calls:\n"
                + tools.stream()
                        .map(tool -> tool.name() + ": " + tool.description() + " " + tool.parameters())
                        .collect(Collectors.joining("\n"));
    }

    @Override
    public String parameters() {
        return "{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\"}},\"required\":[\"code\"]}";
    }

    @Override
    public String call(String arguments) {
        try {
            RunResult result = sandbox.run(
                    JsonMapper.shared().readTree(arguments).path("code").asString(""));
            toolCalls += result.toolCalls();
            return result.isSuccess() ? result.stdout() : result.toString();
        } catch (JacksonException e) {
            return "Error: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
