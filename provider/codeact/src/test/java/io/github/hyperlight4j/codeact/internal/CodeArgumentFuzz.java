package io.github.hyperlight4j.codeact.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What holds for the arguments of {@code execute_code} whatever a model sends. */
final class CodeArgumentFuzz {

    /** A second parser, which refuses keys that are given twice and what follows the value. */
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(tools.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private CodeArgumentFuzz() {}

    /** Arguments are refused with a problem, or a second parser reads the same code in them and nothing else. */
    static void check(byte[] input) {
        String json = new String(input, UTF_8);
        switch (CodeArgument.read(json)) {
            case CodeArgument.Wrong wrong ->
                assertTrue(!wrong.problem().isEmpty() && wrong.problem().length() < 1_000, wrong::problem);
            case CodeArgument.Code code -> {
                JsonNode second;
                try {
                    second = STRICT.readTree(json);
                } catch (JacksonException e) {
                    throw new AssertionError(e);
                }
                assertEquals(1, second.size());
                assertNotNull(second.get("code"));
                assertEquals(second.get("code").stringValue(), code.code());
            }
        }
    }
}
