package io.github.hyperlight4j.bench.agent;

import java.util.List;

/** A part of a conversation with a model. */
sealed interface Message {

    /**
     * What comes first.
     *
     * @param text what the model is to keep to
     */
    record Instructions(String text) implements Message {}

    /**
     * The task.
     *
     * @param text what the user asks
     */
    record Question(String text) implements Message {}

    /**
     * What the model said.
     *
     * @param text its answer, empty if it only calls tools
     * @param calls the tools that it calls; none if this is its answer
     */
    record Reply(String text, List<Call> calls) implements Message {
        /** Copies the list. */
        public Reply {
            calls = List.copyOf(calls);
        }
    }

    /**
     * What a tool that the model called gave back.
     *
     * @param call the call's id
     * @param text the result
     */
    record ToolResult(String call, String text) implements Message {}

    /**
     * A call of a tool.
     *
     * @param id names this call
     * @param tool the tool's name
     * @param arguments a JSON object, as the model wrote it
     */
    record Call(String id, String tool, String arguments) {}
}
