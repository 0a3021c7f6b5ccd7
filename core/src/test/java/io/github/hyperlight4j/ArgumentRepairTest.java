package io.github.hyperlight4j;

import static io.github.hyperlight4j.ToolCalls.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models pass what they pass: accepted where only one thing can be meant, refused with the right call otherwise. */
class ArgumentRepairTest {

    enum Sort {
        NEWEST,
        OLDEST
    }

    record All(
            @Nullable Long whole,
            @Nullable Double number,
            @Nullable Boolean flag,
            @Nullable List<Integer> list,
            @Nullable Map<String, Integer> dict,
            @Nullable String text,
            @Nullable Sort sort) {}

    private static final Tool ECHO = Tool.of(
            "echo",
            "",
            All.class,
            all ->
                    Arrays.asList(all.whole(), all.number(), all.flag(), all.list(), all.dict(), all.text(), all.sort())
                            .stream()
                            .filter(Objects::nonNull)
                            .toList());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"whole\": \"7\"}                     | [7]",
                "{\"whole\": \" -7 \"}                  | [-7]",
                "{\"number\": \"1.5e3\"}                | [1500.0]",
                "{\"number\": \"3\"}                    | [3.0]",
                "{\"flag\": \"True\"}                   | [true]",
                "{\"flag\": \"false\"}                  | [false]",
                "{\"list\": \"[1, 2]\"}                 | [[1,2]]",
                "{\"dict\": \"{\\\"a\\\": 1}\"}         | [{\"a\":1}]",
                "{\"text\": 12345}                      | [\"12345\"]",
                "{\"sort\": \"oldest\"}                 | [\"OLDEST\"]",
            })
    void whatCanOnlyBeMeantOneWayIsAccepted(String arguments, String result) {
        assertEquals(result, call(ECHO, arguments));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"whole\": \"7.5\"}       | parameter 'whole' must be an int, not a str",
                "{\"whole\": \"seven\"}     | parameter 'whole' must be an int, not a str",
                "{\"whole\": \"\"}          | parameter 'whole' must be an int, not a str",
                "{\"whole\": true}          | parameter 'whole' must be an int, not a bool",
                "{\"number\": \"NaN\"}      | parameter 'number' must be a float, not a str",
                "{\"flag\": \"yes\"}        | parameter 'flag' must be a bool, not a str",
                "{\"flag\": 1}              | parameter 'flag' must be a bool, not an int",
                "{\"list\": \"1, 2\"}       | parameter 'list' must be a list, not a str",
                "{\"list\": \"[\\\"a\\\"]\"} | parameter 'list' must be a list, not a str",
                "{\"text\": true}           | parameter 'text' must be a str, not a bool",
            })
    void whatCouldBeMeantOtherwiseIsRefusedWithTheSignature(String arguments, String problem) {
        String answer = call(ECHO, arguments);
        assertTrue(answer.startsWith("!Tool 'echo' does not take these arguments: "), answer);
        assertTrue(answer.contains(problem), answer);
        assertTrue(answer.contains("Signature: echo(whole: int"), answer);
    }

    @Test
    void valuesThatFitAreNeverTouched() {
        assertEquals("[\"7\",\"OLDEST\"]", call(ECHO, "{\"text\": \"7\", \"sort\": \"OLDEST\"}"));
    }

    @Test
    void noneForAnOptionalParameterOfAHandWrittenSchemaIsLeavingItOut() {
        Tool tool = Tool.builder("t")
                .parameters(
                        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":\"integer\"}},"
                                + "\"required\":[\"a\"]}")
                .handler(ToolArguments::toMap)
                .build();
        assertEquals("{\"a\":1}", call(tool, "{\"a\": \"1\", \"b\": null}"));
        assertTrue(call(tool, "{\"a\": null}").startsWith("!"));
    }
}
