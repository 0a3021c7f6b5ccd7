package io.github.hyperlight4j.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/** A model that answers as it was told to, and keeps what it was asked. */
final class ScriptedModel implements ChatModel {

    final List<ChatRequest> requests = Collections.synchronizedList(new ArrayList<>());
    private final Deque<Function<ChatRequest, AiMessage>> answers;

    ScriptedModel(List<Function<ChatRequest, AiMessage>> answers) {
        this.answers = new ArrayDeque<>(answers);
    }

    /** The model calls execute_code. */
    static Function<ChatRequest, AiMessage> runs(String arguments) {
        return request -> AiMessage.from(ToolExecutionRequest.builder()
                .id("call-1")
                .name("execute_code")
                .arguments(arguments)
                .build());
    }

    static Function<ChatRequest, AiMessage> says(String text) {
        return request -> AiMessage.from(text);
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        requests.add(request);
        return ChatResponse.builder()
                .aiMessage(answers.removeFirst().apply(request))
                .build();
    }
}
