package io.github.hyperlight4j.bench.agent;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts a conversation's tokens with the tokenizer of current OpenAI models ({@code o200k_base}). What a provider adds
 * around messages and tools is not published; three tokens a message are usual, and the tools are counted as the JSON in
 * which they are sent.
 */
final class Tokens {

    private static final int AROUND_MESSAGE = 3;

    private final Encoding encoding = Encodings.newDefaultEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    /** Conversations grow at their end, so nearly all of each prompt was counted before. */
    private final Map<Message, Long> counted = new HashMap<>();

    /** Counts what the model reads. */
    long prompt(List<Message> conversation, List<AgentTool> tools) {
        long messages = conversation.stream()
                .mapToLong(message -> counted.computeIfAbsent(message, this::message))
                .sum();
        long described = tools.stream()
                .mapToLong(tool -> text(tool.name()) + text(tool.description()) + text(tool.parameters()))
                .sum();
        return messages + described + AROUND_MESSAGE;
    }

    /** Counts what the model writes. */
    long completion(Message.Reply reply) {
        return text(reply.text())
                + reply.calls().stream()
                        .mapToLong(call -> text(call.tool()) + text(call.arguments()))
                        .sum();
    }

    private long message(Message message) {
        return AROUND_MESSAGE
                + switch (message) {
                    case Message.Instructions instructions -> text(instructions.text());
                    case Message.Question question -> text(question.text());
                    case Message.Reply reply ->
                        completion(reply)
                                + reply.calls().stream()
                                        .mapToLong(call -> text(call.id()))
                                        .sum();
                    case Message.ToolResult result -> text(result.call()) + text(result.text());
                };
    }

    private long text(String text) {
        return encoding.countTokensOrdinary(text);
    }
}
