package io.github.hyperlight4j.internal.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.internal.guest.ToolAnswer;
import io.github.hyperlight4j.testing.ChildJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Arguments made to cost the host far more than their size, each close to the default limit of 1 MiB. */
class ArgumentCostTest {

    private static final String ANY = "{\"type\": \"object\"}";
    private static final String NAME = "x".repeat(1000);

    /** Each with its schema, and a part of the answer. */
    enum Attack {
        EMPTY_OBJECTS(ANY, list("{}", 350_000), "Token count (250001) exceeds the maximum allowed (250000)"),
        OBJECTS(ANY, list("{\"a\":0}", 62_000), "1"),
        NAMES(ANY, "{" + join(0, 100_000, "\"%d\":0") + "}", "1"),
        INTEGERS(ANY, list("1", 240_000), "1"),
        WRONG_OBJECTS(lists("{\"type\": \"integer\"}"), list("{}", 99_000), "and 4997 more"),
        WRONG_ALTERNATIVES(
                lists("{\"anyOf\": [{\"type\": \"integer\"}, {\"type\": \"string\", \"minLength\": 3}]}"),
                list("\"\"", 49_000),
                "and 4997 more"),
        WRONG_BELOW_A_LONG_NAME(
                "{\"type\": \"object\", \"additionalProperties\": " + arrays("{\"type\": \"integer\"}") + "}",
                "{\"" + NAME + "\":[" + "[],".repeat(4999) + "[]]}",
                "must be an int, not a list; and 4900 more"),
        WRONG_BELOW_MANY_LONG_NAMES(
                "{\"type\": \"object\", \"properties\": {\"w\": " + arrays("{\"type\": \"integer\"}")
                        + "}, \"additionalProperties\": {\"$ref\": \"#\"}}",
                ("{\"" + NAME + "\":").repeat(490) + "{\"w\":[" + "\"q\",".repeat(5000) + "[]]}" + "}".repeat(490),
                "does not take these arguments"),
        LISTS_IN_TEXT(
                lists("{\"type\": \"array\"}"),
                list("\"[1,2,3,4,5,6,7,8,9]\"", 40_000),
                "parameter 'a[0]' must be a list, not a str"),
        ONE_HASH(
                "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"array\", \"uniqueItems\": true}}}",
                "{\"a\":[" + oneHash(28_000) + "]}",
                "1"),
        BACKTRACKING_FORMAT(
                "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"object\","
                        + " \"properties\": {\"a\": {\"type\": \"string\", \"format\": \"email\"}}}",
                "{\"a\":\"" + "@".repeat(900_000) + " x\"}",
                "parameter 'a' has more than 4096 characters, too many for the format email"),
        BACKTRACKING_PATTERN(
                "{\"type\": \"object\", \"properties\": {\"a\": {\"pattern\": \"^(.*.*.*.*.*.*)b$\"}}}",
                "{\"a\":\"" + "a".repeat(900) + "\"}",
                "a text in them takes too long to match its pattern"),
        DEEP_PATTERN(
                "{\"type\": \"object\", \"properties\": {\"a\": {\"pattern\": \"^(a|b)*$\"}}}",
                "{\"a\":\"" + "a".repeat(1_000_000) + "\"}",
                "they are nested too deeply to be checked"),
        ALTERNATIVES_IN_ALTERNATIVES(
                """
                {"type": "object", "properties": {"a": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"anyOf": [
                  {"properties": {"a": {"$ref": "#/$defs/n"}}, "required": ["q"]},
                  {"properties": {"a": {"$ref": "#/$defs/n"}}, "required": ["r"]}]}}}""", "{\"a\":".repeat(60) + "{}" + "}".repeat(60), "more than 100000 values in them do not fit"),
        STEPS_WITHOUT_END(
                """
                {"type": "object", "properties": {"a": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"allOf": [
                  {"properties": {"a": {"$ref": "#/$defs/n"}}}, {"properties": {"a": {"$ref": "#/$defs/n"}}}]}}}""", "{\"a\":".repeat(60) + "{}" + "}".repeat(60), "checking them takes more than 20000000 steps");

        private final String schema;
        private final String json;
        private final String answer;

        Attack(String schema, String json, String answer) {
            this.schema = schema;
            this.json = json;
            this.answer = answer;
        }
    }

    @ParameterizedTest
    @EnumSource
    void costsASmallMultipleOfItsSize(Attack attack) throws Exception {
        List<String> lines = ChildJvm.run(Attacked.class, List.of("-Xmx64m"), List.of(attack.name()));
        assertTrue(lines.getFirst().contains(attack.answer), lines.toString());
        Duration time = Duration.parse(lines.get(1));
        assertTrue(time.toSeconds() < 20, time.toString());
    }

    /** Calls a tool once, and prints the answer and how long it took. */
    static final class Attacked {
        public static void main(String[] arguments) {
            Attack attack = Attack.valueOf(arguments[0]);
            RegisteredTool tool = tool(attack.schema);
            long start = System.nanoTime();
            ToolAnswer answer = tool.call(attack.json.getBytes(UTF_8), ByteSize.ofMebibytes(1));
            long time = System.nanoTime() - start;
            System.out.println(new String(answer.utf8(), UTF_8));
            System.out.println(Duration.ofNanos(time));
        }
    }

    @Test
    void manyCallsAtOnceStayInsideTheHeap() throws Exception {
        List<String> lines =
                ChildJvm.run(AllAtOnce.class, List.of("-Xmx512m", "-XX:+ExitOnOutOfMemoryError"), List.of());
        assertEquals(List.of("the other configuration's call: 1"), lines);
    }

    /** Calls of 64 threads and four configurations, whose tools hold their arguments for a while. */
    static final class AllAtOnce {
        public static void main(String[] arguments) throws InterruptedException {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ToolRegistry registry = registry(() -> {
                    Thread.sleep(500);
                    return 1;
                });
                for (int j = 0; j < 16; j++) {
                    threads.add(Thread.ofPlatform().start(() -> {
                        for (Attack attack : List.of(Attack.OBJECTS, Attack.WRONG_OBJECTS, Attack.NAMES)) {
                            call(registry, attack);
                        }
                    }));
                }
            }
            Thread.sleep(300);
            String other = call(registry(() -> 1), Attack.INTEGERS);
            for (Thread thread : threads) {
                thread.join();
            }
            System.out.println("the other configuration's call: " + other);
        }

        private static ToolRegistry registry(Callable<Object> code) {
            return new ToolRegistry(List.of(new ToolDefinition("t", ParameterSchema.of(ANY), _ -> code.call())));
        }

        private static String call(ToolRegistry registry, Attack attack) {
            RegisteredTool tool = Objects.requireNonNull(registry.find("t"));
            return new String(
                    tool.call(attack.json.getBytes(UTF_8), ByteSize.ofMebibytes(1))
                            .utf8(),
                    UTF_8);
        }
    }

    @Test
    void interruptEndsACheck() throws Exception {
        RegisteredTool tool = tool(Attack.STEPS_WITHOUT_END.schema);
        List<ToolAnswer> answers = new ArrayList<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            Thread.currentThread().interrupt();
            answers.add(tool.call(Attack.STEPS_WITHOUT_END.json.getBytes(UTF_8), ByteSize.ofMebibytes(1)));
        });
        thread.join(Duration.ofSeconds(10));
        String answer = new String(answers.getFirst().utf8(), UTF_8);
        assertTrue(answer.contains("the call was cancelled"), answer);
    }

    @Test
    void namesAreNotKept() throws Exception {
        List<String> lines = ChildJvm.run(Names.class, List.of("-Xmx64m"), List.of());
        assertEquals(List.of("200000 calls"), lines);
    }

    /** New names of 200 MB in all, in arguments and in JSON inside their texts. */
    static final class Names {
        public static void main(String[] arguments) {
            RegisteredTool tool = tool("{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"object\"}}}");
            String end = "x".repeat(990);
            for (int i = 0; i < 100_000; i++) {
                String name = i + end;
                for (String json : List.of("{\"" + name + "\":0}", "{\"a\":\"{\\\"" + name + "\\\":0}\"}")) {
                    if (tool.call(json.getBytes(UTF_8), ByteSize.ofMebibytes(1)).failed()) {
                        throw new AssertionError(json);
                    }
                }
            }
            System.out.println("200000 calls");
        }
    }

    private static RegisteredTool tool(String schema) {
        return new RegisteredTool(
                new ToolDefinition("t", ParameterSchema.of(schema), _ -> 1),
                Throwable.class,
                new ToolAccount(new ArgumentMemory(Long.MAX_VALUE, 0), System.getLogger("test")));
    }

    private static String lists(String element) {
        return "{\"type\": \"object\", \"properties\": {\"a\": " + arrays(element) + "}}";
    }

    private static String arrays(String element) {
        return "{\"type\": \"array\", \"items\": " + element + "}";
    }

    private static String list(String element, int count) {
        return "{\"a\":[" + (element + ",").repeat(count - 1) + element + "]}";
    }

    private static String join(int from, int to, String format) {
        return IntStream.range(from, to).mapToObj(format::formatted).collect(Collectors.joining(","));
    }

    /** Different texts of one hash code. */
    private static String oneHash(int count) {
        List<String> texts = List.of("");
        while (texts.size() < count) {
            texts = texts.stream()
                    .flatMap(text -> Stream.of(text + "Aa", text + "BB"))
                    .toList();
        }
        return texts.stream().limit(count).collect(Collectors.joining("\",\"", "\"", "\""));
    }
}
