package io.github.hyperlight4j.internal.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import tools.jackson.databind.node.ObjectNode;

/** What holds for JSON objects whatever they are. */
final class JsonFuzz {

    private JsonFuzz() {}

    /** What is read is refused in a short sentence, or is an object that reads the same once it is written. */
    static void check(byte[] input) {
        ObjectNode read;
        try {
            read = Json.readObject(input);
        } catch (JsonException e) {
            assertTrue(String.valueOf(e.getMessage()).length() < 2_000, e::toString);
            return;
        }
        try {
            byte[] written = Json.write(read, Long.MAX_VALUE);
            assertEquals(read, Json.readObject(written));
        } catch (JsonException e) {
            // Numbers that Python cannot read, and text that is not Unicode, may be sent but not returned.
            assertTrue(String.valueOf(e.getMessage()).length() < 2_000, e::toString);
        }
    }
}
