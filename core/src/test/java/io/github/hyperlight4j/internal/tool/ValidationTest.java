package io.github.hyperlight4j.internal.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.internal.guest.ToolAnswer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A program decides how much of what it sends is wrong; what that takes on the host is bounded. */
class ValidationTest {

    private static final String LISTS = """
            {"type": "object", "properties": {"a": %s}, "required": ["a"]}""";
    private static final String INTEGERS = LISTS.formatted("""
            {"type": "array", "items": {"type": "integer"}}""");
    private static final String EITHER = LISTS.formatted("""
            {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "array", "items": {"type": "string"}}]}""");

    @Test
    void onlySoManyProblemsAreKept() {
        ToolAnswer answer = call(INTEGERS, "[]", 20_000);
        assertTrue(answer.failed());
        String message = new String(answer.utf8(), UTF_8);
        assertTrue(message.contains("parameter 'a[0]' must be an int, not a list"), message);
        assertTrue(message.contains("and " + (Validation.MOST_PROBLEMS - 3) + " more"), message);
    }

    @Test
    void farTooManyEndTheCheck() {
        ToolAnswer answer = call(INTEGERS, "[]", 110_000);
        assertTrue(answer.failed());
        assertEquals(
                "Tool 'tool' does not take these arguments: more than 100000 values in them do not fit. Signature: "
                        + ParameterSchema.of(INTEGERS).signature("tool"),
                new String(answer.utf8(), UTF_8));
    }

    @Test
    void whatDoesNotFitOneOfTwoFormsFitsTheOther() {
        ToolAnswer answer = call(EITHER, "\"\"", Validation.MOST_PROBLEMS + 1000);
        assertEquals("1", new String(answer.utf8(), UTF_8));
    }

    private static ToolAnswer call(String schema, String element, int count) {
        String json = "{\"a\": [" + (element + ",").repeat(count - 1) + element + "]}";
        ToolDefinition tool = new ToolDefinition("tool", ParameterSchema.of(schema), _ -> 1);
        return Objects.requireNonNull(new ToolRegistry(List.of(tool)).find("tool"))
                .call(json.getBytes(UTF_8), ByteSize.ofMebibytes(1));
    }
}
