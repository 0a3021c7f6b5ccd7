package io.github.hyperlight4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.hyperlight4j.testing.RequiresVm;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Programs as models write them, with what CPython does: {@code cases/*.jsonl}, one a line. */
@RequiresVm
@Timeout(600)
class CasesVmTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static Sandbox sandbox;

    @BeforeAll
    static void start() {
        sandbox = Sandbox.builder().build();
    }

    @AfterAll
    static void end() {
        sandbox.close();
    }

    @TestFactory
    Stream<DynamicTest> programs() throws IOException {
        return cases("programs.jsonl")
                .map(line -> DynamicTest.dynamicTest(
                        line.get("id").stringValue(),
                        () -> check(sandbox.run(line.get("code").stringValue(), config(line)), line.get("expect"))));
    }

    private static Stream<JsonNode> cases(String file) throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(CasesVmTest.class.getResourceAsStream("cases/" + file), file)) {
            return new String(stream.readAllBytes(), UTF_8).lines().map(JSON::readTree).toList().stream();
        }
    }

    private static SandboxConfig config(JsonNode line) {
        boolean brief = line.at("/limits/timeout").isString();
        Limits limits = Limits.builder()
                .wallTime(brief ? Duration.ofSeconds(3) : Duration.ofMinutes(2))
                .build();
        return SandboxConfig.builder().limits(limits).build();
    }

    private static void check(RunResult result, JsonNode expected) throws IOException {
        JsonNode alternatives = expected.path("any_of");
        if (alternatives.isArray()) {
            if (alternatives.valueStream().noneMatch(alternative -> holds(result, alternative))) {
                fail(described(result));
            }
            return;
        }
        for (Map.Entry<String, JsonNode> entry : expected.properties()) {
            String name = entry.getKey();
            JsonNode value = entry.getValue();
            switch (name) {
                case "stdout" -> assertEquals(value.stringValue(), result.stdout(), () -> described(result));
                case "stdout_length" ->
                    assertEquals(value.intValue(), result.stdout().length());
                case "output_files" -> assertEquals(texts(value), texts(result.outputFiles()));
                default -> assertTrue(holds(name, value, result), () -> name + " " + value + "\n" + described(result));
            }
        }
    }

    private static boolean holds(RunResult result, JsonNode expected) {
        return expected.properties().stream().allMatch(entry -> holds(entry.getKey(), entry.getValue(), result));
    }

    private static boolean holds(String name, JsonNode value, RunResult result) {
        return switch (name) {
            case "stdout" -> value.stringValue().equals(result.stdout());
            case "stdout_contains" ->
                value.valueStream().allMatch(part -> result.stdout().contains(part.stringValue()));
            case "exit_code" -> value.intValue() == exitCode(result.outcome());
            case "exception" ->
                result.outcome() instanceof Outcome.PythonError error
                        && value.valueStream()
                                .anyMatch(type -> type.stringValue().equals(error.type()));
            case "message_contains" ->
                result.outcome() instanceof Outcome.PythonError error
                        && value.valueStream()
                                .allMatch(part -> error.traceback().contains(part.stringValue()));
            case "hint_any" ->
                value.valueStream().anyMatch(part -> described(result).contains(part.stringValue()));
            case "outcome" ->
                value.valueStream().anyMatch(kind -> kind.stringValue().equals(kind(result.outcome())));
            default -> throw new AssertionError("a case has an expectation that this test does not know: " + name);
        };
    }

    private static int exitCode(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed completed -> completed.exitCode();
            case Outcome.PythonError _ -> 1;
            default -> -1;
        };
    }

    /** {@code TimedOut} as {@code timed_out}. */
    private static String kind(Outcome outcome) {
        return outcome.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toLowerCase(Locale.ROOT);
    }

    private static Map<String, String> texts(JsonNode files) {
        Map<String, String> texts = new TreeMap<>();
        files.properties()
                .forEach(file -> texts.put(file.getKey(), file.getValue().stringValue()));
        return texts;
    }

    private static Map<String, String> texts(List<OutputFile> files) {
        return files.stream()
                .collect(Collectors.toMap(
                        file -> "/output/" + file.path(),
                        file -> new String(file.bytes(), UTF_8),
                        (first, _) -> first,
                        TreeMap::new));
    }

    private static String described(RunResult result) {
        return result.outcome() + "\n" + result.stdout() + result.stderr();
    }
}
