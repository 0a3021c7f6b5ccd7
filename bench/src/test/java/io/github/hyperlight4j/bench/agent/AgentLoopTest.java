package io.github.hyperlight4j.bench.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.bench.orders.GrandTotal;
import io.github.hyperlight4j.bench.orders.Shop;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class AgentLoopTest {

    /** 1 for the users, one call for each user, tier and region, one for each order, and the answer. */
    @ParameterizedTest
    @CsvSource({"2, 1", "8, 1", "8, 16", "40, 16"})
    void simulatedModelFindsTheAnswerWithNothingButTheConversation(int users, int callsPerTurn) throws Exception {
        Shop shop = Shop.ofSize(users);
        AgentLoop.Run run = AgentLoop.run(
                new SimulatedModel(callsPerTurn, Latency.HOSTED),
                "Be right.",
                "What does each pay?",
                AgentTool.direct(shop));
        assertTrue(Benchmark.isRight(run.answer(), shop), run.answer());
        int orders =
                GrandTotal.compute(shop).stream().mapToInt(GrandTotal::orders).sum();
        assertTrue(run.calls() > users + orders / 2 && run.calls() <= 1 + users + 4 + 6 + orders, run::toString);
        assertEquals(callsPerTurn == 1, run.turns() == run.calls() + 1, run::toString);
    }

    @Test
    void programIsOneCallWhateverTheSize() throws Exception {
        AgentTool answersAsTheSandboxDoes = new AgentTool("execute_code", "", "{}", arguments -> {
            assertTrue(JsonMapper.shared()
                    .readTree(arguments)
                    .path("code")
                    .asString("")
                    .contains("call_tool("));
            return "[]\n";
        });
        AgentLoop.Run run = AgentLoop.run(
                new SimulatedModel(16, Latency.HOSTED),
                "Be right.",
                "What does each pay?",
                List.of(answersAsTheSandboxDoes));
        assertEquals("[]", run.answer());
        assertEquals(2, run.turns());
        assertEquals(1, run.calls());
    }

    @Test
    void simulatedTimeIsThatOfTheStatedModel() throws IOException {
        ChatModel.Turn turn = new SimulatedModel(1, new Latency(1000, 10, 100))
                .turn(List.of(new Message.Question("What?")), List.of());
        assertEquals(
                1000 + 10 * turn.promptTokens() + 100 * turn.completionTokens(),
                turn.latency().toMillis());
        // "What" and "?", three around the message, three around the reply.
        assertEquals(8, turn.promptTokens());
    }

    @Test
    void failedCallIsSomethingThatTheModelReads() throws IOException {
        AgentTool orders = AgentTool.direct(Shop.load()).stream()
                .filter(tool -> tool.name().equals("get_orders"))
                .findFirst()
                .orElseThrow();
        assertEquals("Error: there is no user 99", orders.call().apply("{\"user_id\": 99}"));
        assertTrue(orders.call().apply("{").startsWith("Error: "));
    }
}
