package io.github.hyperlight4j.internal.tool;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.internal.guest.ToolAnswer;
import io.github.hyperlight4j.testing.Allocation;

/** What holds for a tool call's arguments whatever they are. */
final class ArgumentsFuzz {

    /** Each kind of constraint, nested. */
    private static final String SCHEMA = """
            {"type": "object", "properties": {
              "i": {"type": "integer", "minimum": 0}, "n": {"type": "number"}, "b": {"type": "boolean"},
              "s": {"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^[a-z]*$"},
              "l": {"type": "array", "items": {"type": "integer"}, "uniqueItems": true},
              "o": {"type": "object", "properties": {"x": {"$ref": "#"}}, "additionalProperties": false},
              "a": {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"$ref": "#"}}, {"enum": ["e", null]}]}
            }, "required": ["i"]}""";

    private static final RegisteredTool TOOL = new RegisteredTool(
            new ToolDefinition("t", ParameterSchema.of(SCHEMA), _ -> 1),
            Throwable.class,
            new ToolAccount(new ArgumentMemory(Long.MAX_VALUE, 0), System.getLogger("fuzz")));

    /** For caches, and for each byte: trees, their copies, and a problem for each value. */
    private static final long FIXED = 4 << 20;

    private static final long PER_BYTE = 4_000;

    private ArgumentsFuzz() {}

    /** A call is answered, with a message of bounded length, and allocates a bounded multiple of its arguments. */
    static void check(byte[] arguments) {
        ToolAnswer[] answer = new ToolAnswer[1];
        long bound = FIXED + PER_BYTE * arguments.length;
        long allocated = Long.MAX_VALUE;
        // The first calls load classes, which is not the arguments' cost.
        for (int attempt = 0; attempt < 3 && allocated >= bound; attempt++) {
            allocated = Allocation.during(() -> answer[0] = TOOL.call(arguments, ByteSize.ofMebibytes(1)));
        }
        assertTrue(allocated < bound, allocated + " bytes");
        assertTrue(answer[0].utf8().length < 100_000);
    }
}
