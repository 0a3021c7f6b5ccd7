package io.github.hyperlight4j.bench.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.bench.orders.Shop;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against a real HTTP server on this machine that answers as an endpoint does. */
class OpenAiModelTest {

    private static final String CALL = """
            {"choices": [{"message": {"role": "assistant", "content": null, "tool_calls": [{"id": "a1", "type": "function",
             "function": {"name": "get_discount", "arguments": "{\\"tier\\": \\"gold\\"}"}}]}}],
             "usage": {"prompt_tokens": 100, "completion_tokens": 10}}""";
    private static final String ANSWER = """
            {"choices": [{"message": {"role": "assistant", "content": "7 percent"}}],
             "usage": {"prompt_tokens": 130, "completion_tokens": 4}}""";

    @Test
    void loopCallsToolsAndAddsUpWhatTheEndpointReports() throws Exception {
        try (Endpoint endpoint = new Endpoint(List.of(CALL, ANSWER), "200 OK")) {
            AgentLoop.Run run = AgentLoop.run(
                    new OpenAiModel(endpoint.url(), "secret", "some-model"),
                    "Be brief.",
                    "Gold?",
                    AgentTool.direct(Shop.load()));
            assertEquals("7 percent", run.answer());
            assertEquals(2, run.turns());
            assertEquals(230, run.promptTokens());
            assertEquals(14, run.completionTokens());

            assertTrue(endpoint.heads.getFirst().contains("Authorization: Bearer secret"));
            JsonNode second = JsonMapper.shared().readTree(endpoint.bodies.get(1));
            assertEquals(5, second.path("tools").size());
            List<String> roles = new ArrayList<>();
            second.path("messages")
                    .forEach(message -> roles.add(message.path("role").asString()));
            assertEquals(List.of("system", "user", "assistant", "tool"), roles);
            assertEquals(
                    "a1", second.path("messages").path(3).path("tool_call_id").asString());
            assertEquals("7", second.path("messages").path(3).path("content").asString());
        }
    }

    @Test
    void refusalSaysWhatTheEndpointSaid() throws Exception {
        try (Endpoint endpoint = new Endpoint(List.of("{\"error\": \"no such model\"}"), "404 Not Found")) {
            IOException failure = assertThrows(
                    IOException.class,
                    () -> new OpenAiModel(endpoint.url(), "", "x").turn(List.of(new Message.Question("?")), List.of()));
            assertTrue(String.valueOf(failure.getMessage()).contains("404: {\"error\": \"no such model\"}"));
        }
    }

    /** Answers one request a connection. */
    private static final class Endpoint implements AutoCloseable {

        final List<String> heads = new ArrayList<>();
        final List<String> bodies = new ArrayList<>();
        private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());

        Endpoint(List<String> answers, String status) throws IOException {
            Thread.startVirtualThread(() -> {
                for (String answer : answers) {
                    try (Socket socket = server.accept()) {
                        answer(socket, answer, status);
                    } catch (IOException e) {
                        return; // The test is over.
                    }
                }
            });
        }

        String url() {
            return "http://127.0.0.1:" + server.getLocalPort() + "/v1/";
        }

        private void answer(Socket socket, String answer, String status) throws IOException {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            heads.add(head.toString());
            int length = Integer.parseInt(head.toString().replaceAll("(?si).*content-length: (\\d+).*", "$1"));
            bodies.add(new String(in.readNBytes(length), UTF_8));
            byte[] content = answer.getBytes(UTF_8);
            socket.getOutputStream()
                    .write(("HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + content.length
                                    + "\r\n\r\n")
                            .getBytes(UTF_8));
            socket.getOutputStream().write(content);
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
