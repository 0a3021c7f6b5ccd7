package io.github.hyperlight4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.cli.JsonLine.BadLineException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a line of {@code run --jsonl} can say, and what is said of one that cannot be understood. */
class JsonLineTest {

    private static final Limits DEFAULTS =
            Limits.builder().wallTime(Duration.ofSeconds(7)).build();

    @Test
    void lineHasCodeAndMayHaveAnIdAndLimits() throws Exception {
        JsonLine plain = parse("{\"code\": \"print(1)\"}");
        assertEquals("5", plain.id().toString(), "the line's number");
        assertEquals("print(1)", plain.code());
        assertEquals(Duration.ofSeconds(7), plain.limits().wallTime());

        JsonLine full = parse("""
                {"id": {"any": ["json"]}, "limits": {"timeout": "1.5s", "stdout": 10, "stderr": 0}, "code": ""}""");
        assertEquals("{\"any\":[\"json\"]}", full.id().toString());
        assertEquals(Duration.ofMillis(1500), full.limits().wallTime());
        assertEquals(ByteSize.ofBytes(10), full.limits().stdout());
        assertEquals(ByteSize.ofBytes(0), full.limits().stderr());
        assertEquals(
                Duration.ofMillis(250),
                parse("{\"code\": \"\", \"limits\": {\"timeout\": 0.25}}")
                        .limits()
                        .wallTime());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"id": 1                               | 5   | the line is not JSON
            {"code": "", "code": ""}               | 5   | the line is not JSON
            {"code": ""} {}                        | 5   | the line is not JSON
            [1]                                    | 5   | the line is not a JSON object
            "code"                                 | 5   | the line is not a JSON object
            {"id": "a"}                            | "a" | 'code' is missing
            {"code": 1, "id": "a"}                 | "a" | 'code' is not a string
            {"code": "", "cod": 1, "id": "a"}      | "a" | there is no field 'cod'
            {"code": "", "limits": 5}              | 5   | 'limits' is not a JSON object
            {"code": "", "limits": {"timeout": 0}} | 5   | limit 'timeout': '0' is not more than zero
            {"code": "", "limits": {"timeout": []}} | 5  | limit 'timeout': neither a time
            {"code": "", "limits": {"stdout": -1}} | 5   | limit 'stdout': A number of bytes cannot be negative
            {"code": "", "limits": {"stdout": 1e30}} | 5 | limit 'stdout': not a number of bytes
            {"code": "", "limits": {"stdout": 999999999}} | 5 | limit 'stdout': stdout must be at most
            {"code": "", "limits": {"disk": 1}}  | 5   | limit 'disk': there is no such limit
            """)
    void badLineIsNamed(String line, String id, String message) {
        BadLineException e = assertThrows(BadLineException.class, () -> parse(line));
        assertEquals(id, e.id().toString());
        assertTrue(String.valueOf(e.getMessage()).startsWith(message), e::getMessage);
    }

    @Test
    void linesAreReadOneAtATimeAndCutAtTheirLimit() throws IOException {
        byte[] input = "ab\n\nabcdef\nabc".getBytes(UTF_8);
        LineReader lines = new LineReader(new ByteArrayInputStream(input), 3);
        assertLine("ab", true, lines);
        assertLine("", true, lines);
        assertLine("abc", false, lines);
        assertLine("abc", true, lines);
        assertNull(lines.next());
    }

    private static void assertLine(String expected, boolean isWhole, LineReader lines) throws IOException {
        LineReader.Line line = lines.next();
        assertNotNull(line);
        assertArrayEquals(expected.getBytes(UTF_8), line.bytes());
        assertEquals(isWhole, line.isWhole());
        assertFalse(line.bytes().length > 3);
    }

    private static JsonLine parse(String line) throws BadLineException {
        return JsonLine.parse(line.getBytes(UTF_8), 5, DEFAULTS);
    }
}
