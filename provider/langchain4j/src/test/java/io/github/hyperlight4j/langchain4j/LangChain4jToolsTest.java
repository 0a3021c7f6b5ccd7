package io.github.hyperlight4j.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolMemoryId;
import dev.langchain4j.invocation.InvocationParameters;
import io.github.hyperlight4j.ToolSignature;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How LangChain4j's tools appear; that they can be called is shown in the micro-VM. */
class LangChain4jToolsTest {

    record Line(String item, double price) {}

    static class Shop {
        @Tool("A user's orders.")
        List<Line> orders(
                @P("The user's id") long userId,
                @P(value = "At most so many", defaultValue = "10") int limit,
                @ToolMemoryId String memory,
                InvocationParameters parameters) {
            return List.of();
        }

        @Tool(name = "forget", value = "Forgets everything.")
        void forget() {}
    }

    @Test
    void aMethodsParametersAndResultAreDescribedAndWhatLangChain4jGivesItIsNot() {
        List<io.github.hyperlight4j.Tool> tools = LangChain4jTools.of(new Shop());
        ToolSignature orders = tools.stream()
                .filter(tool -> tool.name().equals("orders"))
                .findFirst()
                .orElseThrow()
                .signature();
        assertEquals("orders(userId: int, limit: int = ...) -> list[{'item': str, 'price': float}]", orders.toString());
        assertEquals("The user's id", orders.parameters().getFirst().description());
        assertTrue(tools.stream()
                .anyMatch(tool -> tool.signature().toString().equals("forget()")
                        && tool.description().equals("Forgets everything.")));
    }
}
