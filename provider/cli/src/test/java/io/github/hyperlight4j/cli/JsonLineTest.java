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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/** The fields of a line of {@code run --jsonl}, and the messages for lines that are not programs. */
class JsonLineTest {

    private static final Limits DEFAULTS =
            Limits.builder().wallTime(Duration.ofSeconds(7)).build();

    @Test
    void lineHasCodeAndMayHaveAnIdAndLimits() throws Exception {
        JsonLine plain = parse("{\"code\": \"print(1)\"}");
        assertEquals("null", plain.id().toString(), "a number could be another line's own id");
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

    @Test
    void lineCanOnlyLowerTheLimitsOfTheCommand() throws Exception {
        Limits most = Limits.builder()
                .wallTime(Duration.ofSeconds(1))
                .memory(ByteSize.ofMebibytes(100))
                .toolCalls(3)
                .build();
        String same =
                "{\"code\": \"\", \"limits\": {\"timeout\": \"1s\", \"memory\": \"100MiB\", \"stdout\": \"1MiB\"}}";
        assertEquals(
                Duration.ofSeconds(1),
                JsonLine.parse(same.getBytes(UTF_8), most).limits().wallTime());
        String lower = "{\"code\": \"\", \"limits\": {\"memory\": \"70MB\"}}";
        Limits lowered = JsonLine.parse(lower.getBytes(UTF_8), most).limits();
        assertEquals(ByteSize.ofBytes(70_000_000), lowered.memory());
        assertEquals(3, lowered.toolCalls(), "what a line does not name is the command's");
        for (String limit : new String[] {
            "\"timeout\": \"8760h\"",
            "\"timeout\": 1.1, \"timeout \": 1",
            "\"memory\": \"101MiB\"",
            "\"stderr\": 1048577"
        }) {
            String higher = "{\"code\": \"\", \"limits\": {" + limit + "}}";
            BadLineException e =
                    assertThrows(BadLineException.class, () -> JsonLine.parse(higher.getBytes(UTF_8), most));
            assertTrue(String.valueOf(e.getMessage()).contains(": more than "), e::getMessage);
        }
    }

    @Test
    void idIsGivenBackAsItCame() throws Exception {
        for (String id : new String[] {"1e400", "12345678901234567890123", "0.10", "\"\\u00e9\"", "[{\"a\":null}]"}) {
            JsonLine line = parse("{\"code\": \"\", \"id\": " + id + "}");
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (JsonGenerator json = JsonReport.begin(out)) {
                json.writeName("id");
                json.writeTree(line.id());
                json.writeEndObject();
            }
            assertEquals(
                    JsonMapper.shared().readTree("{\"id\":" + id + "}").toString(),
                    JsonMapper.shared().readTree(out.toByteArray()).toString());
        }
        assertThrows(BadLineException.class, () -> parse("{\"id\": " + "[".repeat(200) + "]".repeat(200) + "}"));
    }

    @Test
    void anyLineIsAProgramOrRefused() {
        byte[] line = """
                {"id": {"any": ["json"]}, "limits": {"timeout": "1.5s", "stdout": 10, "memory": "1GB"}, "code": "é"}""".getBytes(UTF_8);
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = Arrays.copyOf(line, random.nextInt(line.length + 3));
            for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            JsonLineFuzz.check(damaged);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"id": 1                               | null | the line is not JSON
            {"code": "", "code": ""}               | null | the line is not JSON
            {"code": ""} {}                        | null | the line is not JSON
            [1]                                    | null | the line is not a JSON object
            "code"                                 | null | the line is not a JSON object
            {"id": "a"}                            | "a" | 'code' is missing
            {"code": 1, "id": "a"}                 | "a" | 'code' is not a string
            {"code": "", "cod": 1, "id": "a"}      | "a" | there is no field 'cod'
            {"code": "", "limits": 5}              | null | 'limits' is not a JSON object
            {"code": "", "limits": {"timeout": 0}} | null | limit 'timeout': '0' is not more than zero
            {"code": "", "limits": {"timeout": []}} | null | limit 'timeout': neither a time
            {"code": "", "limits": {"stdout": -1}} | null | limit 'stdout': A number of bytes cannot be negative
            {"code": "", "limits": {"stdout": 1e30}} | null | limit 'stdout': neither a size
            {"code": "", "limits": {"stdout": 999999999}} | null | limit 'stdout': more than 1 MiB
            {"code": "", "limits": {"disk": 1}}  | null | limit 'disk': there is no such limit
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
        assertLine("", false, lines);
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
        return JsonLine.parse(line.getBytes(UTF_8), DEFAULTS);
    }
}
