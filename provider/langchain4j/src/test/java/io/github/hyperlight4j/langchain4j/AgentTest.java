package io.github.hyperlight4j.langchain4j;

import static io.github.hyperlight4j.langchain4j.ScriptedModel.runs;
import static io.github.hyperlight4j.langchain4j.ScriptedModel.says;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.service.AiServices;
import io.github.hyperlight4j.ApprovalMode;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.codeact.ApprovalDecision;
import io.github.hyperlight4j.codeact.HyperlightCodeActProvider;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an AiServices agent shows to its model; no code runs here. */
class AgentTest {

    interface Assistant {
        String chat(String question);
    }

    static class Direct {
        @Tool("Sends a mail.")
        String sendMail(String to) {
            return "sent";
        }
    }

    private final HyperlightCodeActProvider provider = HyperlightCodeActProvider.builder()
            .config(SandboxConfig.of(LangChain4jTools.of(new LangChain4jToolsTest.Shop())))
            .build();

    @Test
    void theModelGetsInstructionsAndExecuteCodeButNotTheProvidersTools() {
        ScriptedModel model = new ScriptedModel(List.of(says("hello")));
        Assistant assistant = LangChain4jCodeAct.of(provider)
                .install(AiServices.builder(Assistant.class)
                        .chatModel(model)
                        .tools(new Direct())
                        .systemMessage("You help in a shop."))
                .build();
        assertEquals("hello", assistant.chat("hi"));
        ChatRequest request = model.requests.getFirst();
        assertEquals(
                List.of("sendMail", "execute_code"),
                request.toolSpecifications().stream()
                        .map(ToolSpecification::name)
                        .toList());
        assertEquals(
                "You help in a shop.\n\n" + provider.newRun().instructions(),
                ((SystemMessage) request.messages().getFirst()).text());
        ToolSpecification executeCode = request.toolSpecifications().getLast();
        assertEquals(provider.newRun().executeCode().description(), executeCode.description());
        assertEquals(List.of("code"), executeCode.parameters().required());
    }

    @Test
    void eachCallOfTheServiceIsARunOnTheConfigurationOfItsBeginning() {
        // The provider changes between the instructions and the tool of the first call.
        LangChain4jCodeAct codeAct = LangChain4jCodeAct.of(provider);
        ScriptedModel model = new ScriptedModel(List.of(says("one"), says("two")));
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(model)
                .toolProvider(codeAct)
                .systemMessageTransformer((text, context) -> {
                    String with = codeAct.addInstructions(text, context);
                    provider.removeTool("orders");
                    provider.addTool(io.github.hyperlight4j.Tool.of("orders", "Changed.", () -> null));
                    return with;
                })
                .build();
        assistant.chat("1");
        assistant.chat("2");
        String first = model.requests.getFirst().toolSpecifications().getFirst().description();
        String second = model.requests.getLast().toolSpecifications().getFirst().description();
        assertFalse(first.contains("Changed."), first);
        assertTrue(second.contains("Changed."), second);
    }

    @Test
    void approvalIsTheProvidersHookAndTheModelReadsItsReason() {
        HyperlightCodeActProvider guarded = HyperlightCodeActProvider.builder()
                .approvalMode(ApprovalMode.ALWAYS_REQUIRE)
                .approvalHook(request -> ApprovalDecision.refuse("not '" + request.code() + "' in "
                        + LangChain4jCodeAct.currentInvocation().orElseThrow().methodName()))
                .build();
        ScriptedModel model = new ScriptedModel(List.of(runs("{\"code\": \"delete()\"}"), AgentTest::readTheResult));
        Assistant assistant = LangChain4jCodeAct.of(guarded)
                .install(AiServices.builder(Assistant.class).chatModel(model))
                .build();
        assertEquals(
                "Not executed: approval was refused: not 'delete()' in chat. Nothing was executed."
                        + " Do not try the same again; ask, or find another way.\n",
                assistant.chat("delete it"));
        assertTrue(LangChain4jCodeAct.currentInvocation().isEmpty());
    }

    @Test
    void argumentsThatAreNotTheToolsAreAnsweredWithTheRightCall() {
        ScriptedModel model = new ScriptedModel(List.of(runs("{\"source\": \"1\"}"), AgentTest::readTheResult));
        Assistant assistant = LangChain4jCodeAct.of(provider)
                .install(AiServices.builder(Assistant.class).chatModel(model))
                .build();
        String answer = assistant.chat("?");
        assertTrue(answer.contains("the argument 'code' is missing"), answer);
    }

    private static AiMessage readTheResult(ChatRequest request) {
        return AiMessage.from(((ToolExecutionResultMessage) request.messages().getLast()).text());
    }
}
