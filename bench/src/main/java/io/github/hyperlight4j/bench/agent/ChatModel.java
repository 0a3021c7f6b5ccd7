package io.github.hyperlight4j.bench.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A language model that calls tools. */
interface ChatModel {

    /**
     * One turn of the model.
     *
     * @param message what it said
     * @param promptTokens what it read: the whole conversation and the tools' descriptions
     * @param completionTokens what it wrote
     * @param latency how long that took
     */
    record Turn(Message.Reply message, long promptTokens, long completionTokens, Duration latency) {}

    /**
     * Lets the model go on with a conversation.
     *
     * @param conversation all of it
     * @param tools what the model can call
     * @throws IOException if the model cannot be reached, or refuses
     */
    Turn turn(List<Message> conversation, List<AgentTool> tools) throws IOException, InterruptedException;

    /** Returns one line for a reader: which model this is, and how its figures come about. */
    String description();
}
