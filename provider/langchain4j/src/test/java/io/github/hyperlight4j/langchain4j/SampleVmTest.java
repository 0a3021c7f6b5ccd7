package io.github.hyperlight4j.langchain4j;

import static io.github.hyperlight4j.langchain4j.ScriptedModel.runs;
import static io.github.hyperlight4j.langchain4j.ScriptedModel.says;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolMemoryId;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.UserMessage;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.codeact.CodeResult;
import io.github.hyperlight4j.codeact.Content;
import io.github.hyperlight4j.codeact.HyperlightCodeActProvider;
import io.github.hyperlight4j.testing.RequiresVm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Agents made of LangChain4j's own classes, whose model is scripted and whose code runs in a micro-VM. */
@RequiresVm
class SampleVmTest {

    record User(int id, String name, String role) {}

    /** The tools of the contract's provider sample. */
    static class Data {
        @Tool(name = "fetch_data", value = "Fetches the records of a table.")
        List<User> fetchData(@P("users, or another table") String table) {
            return table.equals("users")
                    ? List.of(
                            new User(1, "Alice", "admin"), new User(2, "Bob", "user"), new User(3, "Charlie", "admin"))
                    : List.of();
        }

        @Tool("Does a calculation.")
        double compute(
                @P("add or multiply") String operation, @P("First number") double a, @P("Second number") double b) {
            return switch (operation) {
                case "add" -> a + b;
                case "multiply" -> a * b;
                default -> throw new IllegalArgumentException("operation must be add or multiply, not " + operation);
            };
        }

        @Tool("Says whose conversation this is.")
        Map<String, Object> whoami(@ToolMemoryId String memory, InvocationParameters parameters) {
            return Map.of("memory", memory, "tenant", parameters.get("tenant"));
        }

        @Tool("Does nothing.")
        void nothing() {}
    }

    interface Assistant {
        String chat(@MemoryId String user, @UserMessage String question, InvocationParameters parameters);
    }

    @Test
    @DisplayName(
            "provider sample: users, admins and a multiplication in one execute_code; the provider's tools are not on the"
                    + " model's list")
    void sample() {
        ScriptedModel model = new ScriptedModel(List.of(runs(json("""
                        users = call_tool("fetch_data", table="users")
                        admins = [user for user in users if user["role"] == "admin"]
                        inner = call_tool("compute", operation="multiply", a=3, b=2)
                        print("Users:", [user["name"] for user in users])
                        print("Admins:", [user["name"] for user in admins])
                        print("7 * (3 * 2) =", call_tool("compute", operation="multiply", a=7, b=inner))
                        """)), SampleVmTest::readTheResult));
        Assistant assistant = agent(model).build();
        assertEquals(
                "Users: ['Alice', 'Bob', 'Charlie']\nAdmins: ['Alice', 'Charlie']\n7 * (3 * 2) = 42.0\n",
                assistant.chat("u1", "Fetch all users, find admins, multiply 7*(3*2)", new InvocationParameters()));
        assertEquals(2, model.requests.size());
        for (ChatRequest request : model.requests) {
            assertEquals(
                    List.of("execute_code"),
                    request.toolSpecifications().stream()
                            .map(ToolSpecification::name)
                            .toList());
        }
    }

    @Test
    void aToolsOwnSemanticsHoldAndItsResultsAreNative() {
        ScriptedModel model = new ScriptedModel(List.of(runs(json("""
                        print(sorted(call_tool("whoami").items()), call_tool("nothing"))
                        print(call_tool("compute", operation="add", a="1.5", b=1))
                        call_tool("compute", operation="divide", a=1, b=1)
                        """)), SampleVmTest::readTheResult));
        String answer = agent(model).build().chat("u7", "?", InvocationParameters.from(Map.of("tenant", "acme")));
        assertTrue(answer.startsWith("[('memory', 'u7'), ('tenant', 'acme')] None\n2.5\n"), answer);
        assertTrue(answer.contains("Tool 'compute' failed: operation must be add or multiply, not divide"), answer);
        assertTrue(answer.contains("Signature: compute(operation: str, a: float, b: float) -> float"), answer);
    }

    @Test
    void theApplicationGetsTheWholeResultWithItsFiles() {
        List<Object> results = new ArrayList<>();
        ScriptedModel model =
                new ScriptedModel(List.of(runs(json("open('/output/a.txt', 'w').write('hi')")), says("done")));
        agent(model)
                .afterToolExecution(execution -> results.add(execution.resultObject()))
                .build()
                .chat("u1", "?", new InvocationParameters());
        CodeResult result = assertInstanceOf(CodeResult.class, results.getFirst());
        Content.File file =
                assertInstanceOf(Content.File.class, result.contents().getFirst());
        assertEquals("/output/a.txt", file.path());
    }

    private static AiServices<Assistant> agent(ScriptedModel model) {
        HyperlightCodeActProvider provider = HyperlightCodeActProvider.builder()
                .config(SandboxConfig.of(LangChain4jTools.of(new Data())))
                .build();
        return LangChain4jCodeAct.of(provider)
                .install(AiServices.builder(Assistant.class)
                        .chatModel(model)
                        .chatMemoryProvider(user -> MessageWindowChatMemory.withMaxMessages(10)));
    }

    private static AiMessage readTheResult(ChatRequest request) {
        return AiMessage.from(((ToolExecutionResultMessage) request.messages().getLast()).text());
    }

    private static String json(String code) {
        return "{\"code\": \"" + code.replace("\"", "\\\"").replace("\n", "\\n") + "\"}";
    }
}
