package io.github.hyperlight4j.bench.agent;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A model behind an endpoint that speaks OpenAI's chat completions. */
final class OpenAiModel implements ChatModel {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();
    private final URI endpoint;
    private final String key;
    private final String model;

    /**
     * @param baseUrl ends before {@code /chat/completions}
     * @param key empty for none
     * @param model the model's name
     */
    OpenAiModel(String baseUrl, String key, String model) {
        this.endpoint = URI.create(baseUrl.replaceAll("/+$", "") + "/chat/completions");
        this.key = key;
        this.model = model;
    }

    @Override
    public String description() {
        return "model " + model + " at " + endpoint.getHost() + ": tokens as it reports them, time as measured";
    }

    @Override
    public Turn turn(List<Message> conversation, List<AgentTool> tools) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint)
                .timeout(Duration.ofMinutes(5))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body(conversation, tools))));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        long start = System.nanoTime();
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        Duration latency = Duration.ofNanos(System.nanoTime() - start);
        if (response.statusCode() != 200) {
            throw new IOException("The model's endpoint answered " + response.statusCode() + ": " + response.body());
        }
        try {
            JsonNode answer = JSON.readTree(response.body());
            JsonNode usage = answer.required("usage");
            return new Turn(
                    reply(answer.required("choices").required(0).required("message")),
                    usage.required("prompt_tokens").asLong(),
                    usage.required("completion_tokens").asLong(),
                    latency);
        } catch (JacksonException e) {
            throw new IOException("The model's endpoint did not answer as expected: " + response.body(), e);
        }
    }

    private static Message.Reply reply(JsonNode message) {
        List<Message.Call> calls = new ArrayList<>();
        for (JsonNode call : message.path("tool_calls")) {
            JsonNode function = call.required("function");
            calls.add(new Message.Call(
                    call.required("id").asString(),
                    function.required("name").asString(),
                    function.required("arguments").asString()));
        }
        return new Message.Reply(message.path("content").asString(""), calls);
    }

    private ObjectNode body(List<Message> conversation, List<AgentTool> tools) {
        ObjectNode body = JSON.createObjectNode().put("model", model);
        ArrayNode messages = body.putArray("messages");
        conversation.forEach(message -> messages.add(message(message)));
        ArrayNode described = body.putArray("tools");
        for (AgentTool tool : tools) {
            described
                    .addObject()
                    .put("type", "function")
                    .putObject("function")
                    .put("name", tool.name())
                    .put("description", tool.description())
                    .set("parameters", JSON.readTree(tool.parameters()));
        }
        return body;
    }

    private static ObjectNode message(Message message) {
        ObjectNode json = JSON.createObjectNode();
        switch (message) {
            case Message.Instructions instructions -> json.put("role", "system").put("content", instructions.text());
            case Message.Question question -> json.put("role", "user").put("content", question.text());
            case Message.ToolResult result ->
                json.put("role", "tool").put("tool_call_id", result.call()).put("content", result.text());
            case Message.Reply reply -> {
                json.put("role", "assistant").put("content", reply.text());
                if (!reply.calls().isEmpty()) {
                    ArrayNode calls = json.putArray("tool_calls");
                    for (Message.Call call : reply.calls()) {
                        ObjectNode function = calls.addObject()
                                .put("id", call.id())
                                .put("type", "function")
                                .putObject("function");
                        function.put("name", call.tool()).put("arguments", call.arguments());
                    }
                }
            }
        }
        return json;
    }
}
