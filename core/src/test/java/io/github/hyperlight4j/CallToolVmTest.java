package io.github.hyperlight4j;

import static io.github.hyperlight4j.Programs.error;
import static io.github.hyperlight4j.Programs.output;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.RequiresVm;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Values and errors on their way between Python and Java, through a real micro-VM. */
@RequiresVm
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CallToolVmTest {

    public record Order(long id, String item, BigDecimal price, LocalDate day) {}

    public static final class Results {
        private @Nullable Object last;

        @ToolFunction("Returns what it is given.")
        Map<String, @Nullable Object> echo(Map<String, Object> value) {
            last = value.get("value");
            return Map.copyOf(value);
        }

        @ToolFunction("Every kind of Java value.")
        List<@Nullable Object> kinds() {
            return Arrays.asList(
                    1,
                    BigInteger.TWO.pow(200),
                    -0.5,
                    new BigDecimal("19.90"),
                    true,
                    null,
                    "é😀\0",
                    Optional.empty(),
                    new Order(7, "lamp", new BigDecimal("3"), LocalDate.of(2026, 11, 23)),
                    Map.of("error", "a value"),
                    new byte[] {1, 2});
        }

        @ToolFunction("Adds.")
        long add(@ToolParameter("First") long a, @ToolParameter(defaultValue = "1") long b) {
            return a + b;
        }

        @ToolFunction("Takes parameters that are called like call_tool's own.")
        String names(String name, String tool_name) {
            return name + tool_name;
        }

        @ToolFunction("Returns nothing.")
        void nothing() {}

        @ToolFunction("Fails.")
        void fail() throws IOException {
            throw new IOException("disk full: é😀");
        }

        @ToolFunction("Returns what JSON cannot carry.")
        double nan() {
            return Double.NaN;
        }

        @ToolFunction("Returns half a character.")
        String surrogate() {
            return "a\uD83D";
        }

        @ToolFunction("Throws an Error.")
        void error(String kind) {
            switch (kind) {
                case "stack" -> error(kind);
                case "memory" -> throw new OutOfMemoryError("no heap");
                case "assertion" -> throw new AssertionError("wrong");
                case "linkage" -> throw new NoClassDefFoundError("a/Class");
                default -> throw new Error("some error");
            }
        }
    }

    private final Results results = new Results();
    private Sandbox sandbox;

    @BeforeAll
    void build() {
        sandbox = Sandbox.of(SandboxConfig.of(Tools.of(results)));
    }

    @AfterAll
    void close() {
        sandbox.close();
    }

    @Test
    void javaValuesAreNativePythonValues() {
        assertEquals("""
                [1, %s, -0.5, 19.9, True, None, 'é😀\\x00', None, \
                {'id': 7, 'item': 'lamp', 'price': 3, 'day': '2026-11-23'}, {'error': 'a value'}, 'AQI=']
                """.formatted(BigInteger.TWO.pow(200)), output(sandbox, "print(call_tool('kinds'))"));
        assertEquals("None\n", output(sandbox, "print(call_tool('nothing'))"));
    }

    @Test
    void pythonValuesArriveAndComeBackAsTheyAre() {
        assertEquals("True\n", output(sandbox, """
                        value = {'value': {'i': 2**64, 'n': -10**4299, 'f': 0.1, 'big': 1e308, 'none': None, 't': True,
                                 's': 'é😀\\x00\\n', 'l': [[], {}, [1.0]], '': 0}}
                        print(call_tool('echo', value=value) == value)
                        """));
        Map<?, ?> arrived = (Map<?, ?>) results.last;
        assertEquals(BigInteger.TWO.pow(64), arrived.get("i"));
        assertEquals(0.1, arrived.get("f"));
        assertTrue(arrived.containsKey("none"));
    }

    @Test
    void keywordArgumentsMayHaveAnyName() {
        assertEquals("ab\n", output(sandbox, "print(call_tool('names', name='a', tool_name='b'))"));
        assertEquals("3 8\n", output(sandbox, "print(call_tool('add', a=2), call_tool('add', a=3, b=5))"));
    }

    @Test
    void callToolCanBeImportedToo() {
        assertEquals("3\n", output(sandbox, "from hyperlight import call_tool as c\nprint(c('add', a=2))"));
    }

    @Test
    void failureIsAnExceptionThatNamesTheToolAndCarriesTheMessage() {
        assertEquals("True Tool 'fail' failed: disk full: é😀\n", output(sandbox, """
                        try:
                            call_tool('fail')
                        except RuntimeError as e:
                            print(type(e).__name__ == 'ToolError', e)
                        """));
        Outcome.PythonError uncaught = error(sandbox, "call_tool('fail')");
        assertEquals("Tool 'fail' failed: disk full: é😀", uncaught.message());
        assertTrue(uncaught.traceback().contains("File \"program.py\", line 1"), uncaught.traceback());
    }

    @Test
    void unknownToolAndBadArgumentsSayWhatToDo() {
        assertEquals(
                "Unknown tool 'ad'. Registered tools: add, echo, error, fail, kinds, names, nan, nothing, surrogate.",
                error(sandbox, "call_tool('ad', a=1)").message());
        assertEquals(
                "Tool 'add' does not take these arguments: parameter 'a' must be an int, not a str."
                        + " Signature: add(a: int, b: int = 1)",
                error(sandbox, "call_tool('add', a='one')").message());
        assertEquals("TypeError", error(sandbox, "call_tool('add', 1)").type());
    }

    @Test
    void whatJsonCannotCarryFailsClearlyInBothDirections() {
        assertTrue(error(sandbox, "call_tool('nan')").message().contains("NaN"));
        assertTrue(error(sandbox, "call_tool('surrogate')").message().contains("lone surrogate U+D83D"));
        assertTrue(error(sandbox, "call_tool('add', a=float('nan'))").message().contains("add"));
        assertTrue(error(sandbox, "call_tool('echo', value={'v': '\\ud83d'})")
                .message()
                .contains("surrogate"));
        assertTrue(error(sandbox, "call_tool('echo', value={'v': object()})")
                .message()
                .contains("echo"));
        assertTrue(error(sandbox, "v = 1\nfor _ in range(600): v = [v]\ncall_tool('echo', value={'v': v})")
                .message()
                .contains("echo"));
    }

    @Test
    void noThrowableOfAToolEndsTheJvm() {
        for (String kind : List.of("stack", "memory", "assertion", "linkage", "other")) {
            String message =
                    error(sandbox, "call_tool('error', kind='" + kind + "')").message();
            assertTrue(message.startsWith("Tool 'error' failed: "), message);
        }
        assertEquals("3\n", output(sandbox, "print(call_tool('add', a=2))"));
    }

    @Test
    void callsAreCounted() {
        assertEquals(
                5,
                sandbox.run("for i in range(4): call_tool('add', a=i)\ntry: call_tool('x')\nexcept RuntimeError: pass")
                        .counts()
                        .toolCalls());
    }

    @Test
    void largeArgumentsAndResultsPass() {
        assertEquals("1000000\n", output(sandbox, "print(len(call_tool('echo', value={'v': 'x' * 1_000_000})['v']))"));
        assertTrue(error(sandbox, "call_tool('echo', value={'v': 'x' * 1_100_000})")
                .message()
                .contains("the limit is 1 MiB"));
    }
}
