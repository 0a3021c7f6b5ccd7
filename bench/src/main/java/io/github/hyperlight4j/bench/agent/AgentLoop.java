package io.github.hyperlight4j.bench.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The agent: asks the model, calls what it asks for, and goes on until it answers. */
final class AgentLoop {

    /** A model that never answers must not go on for ever. */
    private static final int MOST_TURNS = 2_000;

    private AgentLoop() {}

    /**
     * What a run took.
     *
     * @param answer the model's last words
     * @param turns how often the model was asked
     * @param calls how many calls of tools it made
     * @param promptTokens what it read, in all turns
     * @param completionTokens what it wrote, in all turns
     * @param longestPrompt the tokens of the longest prompt: the context that the model needs
     * @param model the time that the model took
     * @param tools the time that the tools took
     */
    record Run(
            String answer,
            int turns,
            int calls,
            long promptTokens,
            long completionTokens,
            long longestPrompt,
            Duration model,
            Duration tools) {

        Duration elapsed() {
            return model.plus(tools);
        }

        long tokens() {
            return promptTokens + completionTokens;
        }
    }

    /**
     * Runs an agent.
     *
     * @param model the model
     * @param instructions what it is to keep to
     * @param question its task
     * @param tools what it can call
     * @throws IOException if the model fails
     */
    static Run run(ChatModel model, String instructions, String question, List<AgentTool> tools)
            throws IOException, InterruptedException {
        Map<String, AgentTool> byName = new LinkedHashMap<>();
        tools.forEach(tool -> byName.put(tool.name(), tool));
        List<Message> conversation = new ArrayList<>();
        conversation.add(new Message.Instructions(instructions));
        conversation.add(new Message.Question(question));
        int calls = 0;
        long promptTokens = 0;
        long completionTokens = 0;
        long longestPrompt = 0;
        Duration inModel = Duration.ZERO;
        Duration inTools = Duration.ZERO;
        for (int turns = 1; turns <= MOST_TURNS; turns++) {
            ChatModel.Turn turn = model.turn(List.copyOf(conversation), tools);
            promptTokens += turn.promptTokens();
            completionTokens += turn.completionTokens();
            longestPrompt = Math.max(longestPrompt, turn.promptTokens());
            inModel = inModel.plus(turn.latency());
            Message.Reply reply = turn.message();
            conversation.add(reply);
            if (reply.calls().isEmpty()) {
                return new Run(
                        reply.text(), turns, calls, promptTokens, completionTokens, longestPrompt, inModel, inTools);
            }
            long start = System.nanoTime();
            for (Message.Call call : reply.calls()) {
                conversation.add(new Message.ToolResult(call.id(), answer(byName, call)));
            }
            calls += reply.calls().size();
            inTools = inTools.plusNanos(System.nanoTime() - start);
        }
        throw new IOException("The model did not answer in " + MOST_TURNS + " turns");
    }

    private static String answer(Map<String, AgentTool> tools, Message.Call call) {
        AgentTool tool = tools.get(call.tool());
        return tool == null
                ? "Error: there is no tool '" + call.tool() + "'"
                : tool.call().apply(call.arguments());
    }
}
