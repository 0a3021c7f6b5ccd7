package io.github.hyperlight4j.bench.agent;

import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.Tools;
import io.github.hyperlight4j.bench.orders.Shop;
import io.github.hyperlight4j.codeact.CodeResult;
import io.github.hyperlight4j.codeact.HyperlightExecuteCodeTool;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the model can call.
 *
 * @param name its name
 * @param description what it does
 * @param parameters the JSON Schema of its parameters
 * @param call takes a JSON object, as the model wrote it, and gives what the model reads, also when the call failed
 */
record AgentTool(String name, String description, String parameters, UnaryOperator<String> call) {

    /** Returns a shop's tools, on the model's own list: each call is a call by the model. */
    static List<AgentTool> direct(Shop shop) {
        return Tools.of(shop).stream()
                .map(tool -> new AgentTool(
                        tool.name(), tool.description(), tool.parameters(), arguments -> call(shop, tool, arguments)))
                .toList();
    }

    /**
     * Returns the one tool of CodeAct: each call is a program, which calls the shop's tools in its sandbox.
     *
     * @param tool the tool
     * @param toolCalls counts how often the programs call tools
     */
    static AgentTool code(HyperlightExecuteCodeTool tool, LongAdder toolCalls) {
        return new AgentTool(tool.name(), tool.description(), tool.inputSchema(), arguments -> {
            try (CodeResult result = tool.executeArguments(arguments)) {
                result.run().ifPresent(run -> toolCalls.add(run.counts().toolCalls()));
                return result.text();
            }
        });
    }

    private static String call(Shop shop, Tool tool, String arguments) {
        JsonMapper json = JsonMapper.shared();
        try {
            return json.writeValueAsString(shop.call(tool.name(), json.readTree(arguments)));
        } catch (NoSuchElementException | JacksonException e) {
            return "Error: " + e.getMessage();
        }
    }
}
