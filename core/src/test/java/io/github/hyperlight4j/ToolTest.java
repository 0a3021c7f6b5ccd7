package io.github.hyperlight4j;

import static io.github.hyperlight4j.ToolCaller.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolTest {

    public enum Sort {
        NEWEST,
        OLDEST
    }

    public record Range(
            @ToolParameter("First day") LocalDate from,
            @Nullable LocalDate to) {}

    public record Search(
            @ToolParameter("The user's id") long userId,

            @ToolParameter(name = "max", defaultValue = "10")
            int limit,

            @ToolParameter(defaultValue = "NEWEST") Sort sort,
            Optional<String> text,
            OptionalInt page,
            @Nullable Range range,
            @ToolParameter(defaultValue = "[]") List<String> tags) {}

    private static final Tool SEARCH = Tool.of("search", "Searches.", Search.class, arguments -> arguments);

    private static final String SIGNATURE = "search(userId: int, max: int = 10, sort: Literal[\"NEWEST\", \"OLDEST\"] ="
            + " \"NEWEST\", text: str = ..., page: int | None = ..., range: {'from': str, 'to'?: str | None} = ..., tags: list[str] = [])";

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a.b", "é", "execute_code", "a\n"})
    void nameThatModelsCannotUseIsRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> Tool.builder(name));
        assertThrows(IllegalArgumentException.class, () -> Tool.of(name, "", () -> 1));
    }

    @Test
    void nameHasAtMost64Characters() {
        assertEquals("a".repeat(64), Tool.of("a".repeat(64), "", () -> 1).name());
        assertThrows(IllegalArgumentException.class, () -> Tool.of("a".repeat(65), "", () -> 1));
    }

    @Test
    void schemaOfARecordNamesTypesDefaultsAndWhatIsRequired() {
        assertEquals("""
                {"type":"object","properties":{\
                "userId":{"type":"integer","description":"The user's id"},\
                "max":{"type":"integer","default":10},\
                "sort":{"type":"string","enum":["NEWEST","OLDEST"],"default":"NEWEST"},\
                "text":{"type":"string"},\
                "page":{"type":["integer","null"]},\
                "range":{"type":"object","properties":{\
                "from":{"type":"string","format":"date","description":"First day"},\
                "to":{"type":["string","null"],"format":"date"}},"required":["from"],"additionalProperties":false},\
                "tags":{"type":"array","items":{"type":"string"},"default":[]}},\
                "required":["userId"],"additionalProperties":false}""", SEARCH.parameters());
    }

    @Test
    void leftOutParametersHaveTheirDefaultOrNothing() {
        String expected = """
                {"userId":7,"limit":10,"sort":"NEWEST","text":null,"page":null,"range":null,"tags":[]}""";
        assertEquals(expected, call(SEARCH, "{\"userId\":7}"));
        assertEquals(
                expected,
                call(SEARCH, "{\"userId\":7,\"max\":null,\"sort\":null,\"text\":null,\"page\":null,\"range\":null}"));
    }

    @Test
    void givenParametersAreReadAsTheirJavaTypes() {
        assertEquals("""
                {"userId":7,"limit":3,"sort":"OLDEST","text":"é😀","page":2,\
                "range":{"from":"2026-11-23","to":null},"tags":["a"]}""", call(SEARCH, """
                        {"userId":7,"max":3,"sort":"OLDEST","text":"é😀","page":2,\
                        "range":{"from":"2026-11-23"},"tags":["a"]}"""));
    }

    @Test
    void argumentsThatDoNotFitSayWhichAndWhatIsExpected() {
        assertBad("parameter 'userId' is missing", "{}");
        assertBad("parameter 'userId' must be an int, not a str", "{\"userId\":\"seven\"}");
        assertBad("parameter 'userId' must be an int, not a float", "{\"userId\":7.5}");
        assertBad("parameter 'userId' must be an int, not None", "{\"userId\":null}");
        assertBad("parameter 'userId' is missing; there is no parameter 'user_id'", "{\"user_id\":7}");
        assertBad("parameter 'sort' must be one of [\"NEWEST\", \"OLDEST\"]", "{\"userId\":7,\"sort\":\"UP\"}");
        assertBad("parameter 'tags[1]' must be a str, not an int", "{\"userId\":7,\"tags\":[\"a\",1]}");
        assertBad("parameter 'range' lacks 'from'", "{\"userId\":7,\"range\":{}}");
        assertBad(
                "parameter 'range.to' must be a str or None, not an int",
                "{\"userId\":7,\"range\":{\"from\":\"2026-11-23\",\"to\":5}}");
        assertTrue(call(SEARCH, "{\"userId\":7,\"range\":{\"from\":\"yesterday\"}}")
                .startsWith(
                        "!Tool 'search' does not take these arguments: parameter 'range' cannot be read as Range: "));
        assertTrue(call(SEARCH, "{\"userId\":" + BigInteger.TWO.pow(70) + "}")
                .startsWith(
                        "!Tool 'search' does not take these arguments: parameter 'userId' cannot be read as long: "));
    }

    @Test
    void explicitSchemaIsCheckedAndArgumentsAreReadOnDemand() {
        Tool tool = Tool.builder("scale")
                .description("Scales.")
                .parameters("""
                        {"type": "object", "required": ["x"], "properties": {
                          "x": {"type": "number", "minimum": 0}, "by": {"type": "integer"}}}""")
                .handler(arguments -> arguments.get("x", Double.class)
                        * arguments.find("by", Integer.class).orElse(2))
                .build();
        assertEquals("3.0", call(tool, "{\"x\":1.5}"));
        assertEquals("4.5", call(tool, "{\"x\":1.5,\"by\":3}"));
        assertEquals("8.0", call(tool, "{\"x\":4}"));
        assertEquals(
                "!Tool 'scale' does not take these arguments: parameter 'x' must have a minimum value of 0."
                        + " Signature: scale(x: float, by: int = ...)",
                call(tool, "{\"x\":-1}"));
    }

    @Test
    void argumentsWithoutATypeAreNatural() {
        Tool tool = Tool.builder("echo")
                .parameters("{\"type\": \"object\"}")
                .handler(arguments -> {
                    Map<String, @Nullable Object> map = arguments.toMap();
                    return List.of(map, map.get("n") instanceof Long, map.get("big") instanceof BigInteger);
                })
                .build();
        assertEquals(
                "[{\"n\":1,\"big\":1180591620717411303424,\"none\":null},true,true]",
                call(tool, "{\"n\":1,\"big\":1180591620717411303424,\"none\":null}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not json",
                "[]",
                "{}",
                "{\"type\": \"string\"}",
                "{\"type\": \"object\", \"properties\": 3}",
                "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"int\"}}}",
                "{\"type\": \"object\", \"properties\": {\"a\": {\"pattern\": \"(\"}}}",
                "{\"type\": \"object\", \"properties\": {\"a\": {\"$ref\": \"#/$defs/missing\"}}}",
                "{\"type\": \"object\", \"properties\": {\"a\": {\"$ref\": \"file:///etc/passwd\"}}}",
                "{\"type\": \"object\", \"$schema\": \"urn:unknown\"}"
            })
    void schemaThatCannotDescribeParametersIsRefusedAtOnce(String schema) {
        Tool.Builder builder = Tool.builder("t");
        String message = assertThrows(IllegalArgumentException.class, () -> builder.parameters(schema))
                .getMessage();
        assertTrue(message.contains("JSON Schema"), message);
    }

    @Test
    void whatAToolThrowsBecomesItsMessageOrElseItsClass() {
        assertEquals("!Tool 't' failed: disk full", call(throwing(new IOException("disk full")), "{}"));
        assertEquals("!Tool 't' failed: java.io.IOException", call(throwing(new IOException()), "{}"));
        assertEquals(
                "!Tool 't' failed: Java heap space",
                call(
                        Tool.of("t", "", () -> {
                            throw new OutOfMemoryError("Java heap space");
                        }),
                        "{}"));
        assertEquals("!Tool 't' failed: java.lang.StackOverflowError", call(Tool.of("t", "", () -> forever(0)), "{}"));
        assertEquals("!Tool 't' failed: io.github.hyperlight4j.ToolTest$Rude", call(throwing(new Rude()), "{}"));
    }

    @Test
    void onlyMessagesOfVisibleExceptionsReachTheProgram() {
        final class ShopException extends Exception {
            private static final long serialVersionUID = 1L;

            ShopException() {
                super("out of stock");
            }
        }
        String hidden = "!Tool 't' failed: the application has the reason in its log.";
        assertEquals("!Tool 't' failed: out of stock", call(throwing(new ShopException()), "{}", ShopException.class));
        assertEquals(hidden, call(throwing(new IOException("jdbc:secret")), "{}", ShopException.class));
        record Positive(int number) {
            Positive {
                if (number < 0) {
                    throw new IllegalArgumentException("secret");
                }
            }
        }
        record Inside(Positive positive) {}
        assertEquals(hidden, call(Tool.of("t", "", Positive.class, _ -> 1), "{\"number\":-1}", ShopException.class));
        Tool inside = Tool.of("t", "", Inside.class, _ -> 1);
        String answer = call(inside, "{\"positive\":{\"number\":-1}}", ShopException.class);
        assertTrue(answer.contains("parameter 'positive' cannot be read as Positive"), answer);
        assertFalse(answer.contains("secret"), answer);
        assertTrue(call(inside, "{\"positive\":{\"number\":-1}}").contains("secret"));
    }

    @Test
    void resultThatPythonCannotHaveFailsTheCall() {
        assertEquals(
                "!Tool 't' failed: its result cannot be passed on: the number is NaN, which JSON does not have.",
                call(Tool.of("t", "", () -> Double.NaN), "{}"));
        assertEquals(
                "!Tool 't' failed: its result takes 2002 bytes as JSON, and the limit is 1 KiB.",
                call(Tool.of("t", "", () -> "x".repeat(2000)), "{}"));
    }

    @Test
    void toolWithoutParametersTakesNone() {
        Tool tool = Tool.of("now", "", () -> 1);
        assertEquals("1", call(tool, "{}"));
        assertEquals(
                "!Tool 'now' does not take these arguments: there is no parameter 'a'. Signature: now()",
                call(tool, "{\"a\":1}"));
    }

    @Test
    void toolWithoutHandlerIsRefused() {
        Tool.Builder builder = Tool.builder("t");
        assertThrows(IllegalStateException.class, builder::build);
    }

    @Test
    void twoToolsOfOneNameAreRefused() {
        SandboxConfig.Builder builder =
                SandboxConfig.builder().tool(Tool.of("t", "", () -> 1)).tool(Tool.of("t", "", () -> 2));
        assertEquals(
                "Two tools are called 't'",
                assertThrows(IllegalArgumentException.class, builder::build).getMessage());
    }

    @Test
    void defaultThatIsNotOfItsTypeIsRefusedAtOnce() {
        record Bad(@ToolParameter(defaultValue = "many") int count) {}
        assertThrows(IllegalArgumentException.class, () -> Tool.of("t", "", Bad.class, bad -> 1));
        record AlsoBad(@ToolParameter(defaultValue = "1.5") int count) {}
        assertThrows(IllegalArgumentException.class, () -> Tool.of("t", "", AlsoBad.class, bad -> 1));
    }

    @Test
    void signatureTellsEachParameterAndWhetherThatIsAll() {
        assertEquals(SIGNATURE, SEARCH.signature().toString());
        Tool tool = Tool.builder("t").parameters("""
                        {"type": "object", "required": ["a"], "properties": {
                          "a": {"type": "integer", "minimum": 0, "description": "A"},
                          "b": {"type": "object", "additionalProperties": {"type": "number"}, "default": {"x": true}},
                          "c": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
                          "d": {"type": "object", "properties": {"k": {"type": "string", "description": "K"}}},
                          "e": {}}}""").handler(_ -> null).build();
        assertEquals(
                List.of(
                        new ToolSignature.Parameter(
                                "a", Optional.of("int"), true, Optional.empty(), "minimum 0", "A", true),
                        new ToolSignature.Parameter(
                                "b", Optional.of("dict[str, float]"), false, Optional.of("{'x': True}"), "", "", true),
                        new ToolSignature.Parameter(
                                "c", Optional.of("str | None"), false, Optional.empty(), "", "", false),
                        new ToolSignature.Parameter(
                                "d", Optional.of("{'k'?: str}"), false, Optional.empty(), "", "", false),
                        new ToolSignature.Parameter("e", Optional.empty(), false, Optional.empty(), "", "", false)),
                tool.signature().parameters());
    }

    @Test
    void whatAToolReturnsIsToldAsASchemaAndInPython() {
        record Order(
                String item, BigDecimal price, @Nullable LocalDate day, Optional<Sort> sort, Locale locale) {}
        record Node(List<Node> children) {}
        class Shop {
            @ToolFunction(value = "", approval = ApprovalMode.ALWAYS_REQUIRE)
            List<Order> orders() {
                return List.of();
            }

            @ToolFunction("")
            void nothing() {}

            @ToolFunction("")
            Object anything() {
                return 1;
            }

            @ToolFunction("")
            Node recursive() {
                return new Node(List.of());
            }

            @ToolFunction("")
            Map<String, long[]> map() {
                return Map.of();
            }
        }
        Map<String, Tool> tools =
                Tools.of(new Shop()).stream().collect(Collectors.toMap(Tool::name, Function.identity()));
        assertEquals(
                "orders() -> list[{'item': str, 'price': float, 'day': str | None,"
                        + " 'sort': Literal[\"NEWEST\", \"OLDEST\"] | None, 'locale': Any}]",
                tools.get("orders").signature().toString());
        assertEquals(ApprovalMode.ALWAYS_REQUIRE, tools.get("orders").approval());
        assertEquals("nothing() -> None", tools.get("nothing").signature().toString());
        assertEquals("anything()", tools.get("anything").signature().toString());
        assertEquals(Optional.empty(), tools.get("anything").returns());
        assertEquals(
                "map() -> dict[str, list[int]]", tools.get("map").signature().toString());
        assertTrue(tools.get("recursive")
                .signature()
                .returns()
                .orElseThrow()
                .startsWith("{'children': list[{'children': "));
        Tool given = SEARCH.withReturns("{\"type\": \"integer\"}").withApproval(ApprovalMode.ALWAYS_REQUIRE);
        assertEquals(Optional.of("int"), given.signature().returns());
        assertEquals(Optional.of("{\"type\":\"integer\"}"), given.returns());
        assertEquals(ApprovalMode.NEVER_REQUIRE, SEARCH.approval());
        assertEquals(
                Optional.of("list[float]"),
                SEARCH.withReturns(double[].class).signature().returns());
        assertThrows(IllegalArgumentException.class, () -> SEARCH.withReturns("{\"type\": \"int\"}"));
    }

    private static Tool throwing(Exception exception) {
        return Tool.of("t", "", () -> {
            throw exception;
        });
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int forever(int n) {
        return forever(n + 1) + 1;
    }

    private static final class Rude extends Exception {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    private static void assertBad(String problem, String arguments) {
        assertEquals(
                "!Tool 'search' does not take these arguments: " + problem + ". Signature: " + SIGNATURE,
                call(SEARCH, arguments));
    }
}
