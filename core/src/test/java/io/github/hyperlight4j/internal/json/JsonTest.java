package io.github.hyperlight4j.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {

    private static final long LIMIT = 1 << 20;

    public record Point(int x, @Nullable Object y) {}

    public enum Colour {
        RED;

        @Override
        public String toString() {
            return "the colour red";
        }
    }

    @Test
    void resultsBecomeWhatPythonReadsAsTheSameValue() throws JsonException {
        assertWritten("null", null);
        assertWritten("true", true);
        assertWritten("9223372036854775807", Long.MAX_VALUE);
        assertWritten("1180591620717411303424", BigInteger.TWO.pow(70));
        assertWritten("0.1", 0.1);
        assertWritten("0.1", 0.1f);
        assertWritten("5", new BigDecimal("5"));
        assertWritten("5.00", new BigDecimal("5.00"));
        assertWritten("12345678901234567890.123", new BigDecimal("12345678901234567890.123"));
        assertWritten("\"é😀\\u0000\\n\"", "é😀\0\n");
        assertWritten("\"c\"", 'c');
        assertWritten("[1,null,\"a\"]", Arrays.asList(1, null, "a"));
        assertWritten("[1,2]", new int[] {1, 2});
        assertWritten("[1]", Set.of(1));
        assertWritten("{\"error\":\"a value\"}", Map.of("error", "a value"));
        assertWritten("{\"1\":2}", Map.of(1, 2));
        assertWritten("{\"x\":1,\"y\":{\"x\":2,\"y\":null}}", new Point(1, new Point(2, null)));
        assertWritten("\"RED\"", Colour.RED);
        assertWritten("null", Optional.empty());
        assertWritten("3", Optional.of(3));
        assertWritten("4", OptionalInt.of(4));
        assertWritten("\"AQID\"", new byte[] {1, 2, 3});
        assertWritten("\"https://example.org/\"", URI.create("https://example.org/"));
    }

    @Test
    void timesAreIsoText() throws JsonException {
        assertWritten("\"2026-11-23\"", LocalDate.of(2026, 11, 23));
        assertWritten("\"2026-11-23T10:00:00\"", LocalDateTime.of(2026, 11, 23, 10, 0));
        assertWritten("\"1970-01-01T00:00:00Z\"", Instant.EPOCH);
        assertWritten(
                "\"2026-11-23T10:00:00+01:00\"",
                ZonedDateTime.of(LocalDateTime.of(2026, 11, 23, 10, 0), ZoneId.of("Europe/Berlin")));
        assertWritten("\"PT1.5S\"", Duration.ofMillis(1500));
    }

    @Test
    void numbersThatPythonCannotReadAreRefused() {
        assertUnwritable("the number is NaN, which JSON does not have", Double.NaN);
        assertUnwritable("the number is Infinity, which JSON does not have", List.of(Float.POSITIVE_INFINITY));
        assertUnwritable("the integer has more than 4300 digits", BigInteger.TEN.pow(4300));
        assertUnwritable("the number is too large for a Python float", new BigDecimal("1e400"));
    }

    @Test
    void theLargestIntegerThatPythonReadsPasses() throws JsonException {
        BigInteger largest = BigInteger.TEN.pow(4300).subtract(BigInteger.ONE).negate();
        assertWritten(largest.toString(), largest);
        assertEquals(
                largest,
                Json.readObject(utf8("{\"n\":" + largest + "}")).get("n").bigIntegerValue());
    }

    @Test
    void textThatIsNotUnicodeIsRefused() {
        assertUnwritable("the text has the lone surrogate U+D800 at index 1: it must be valid Unicode", "a\uD800");
        assertUnwritable(
                "the text has the lone surrogate U+DC00 at index 0: it must be valid Unicode", Map.of("\uDC00", 1));
    }

    @Test
    void valuesThatNestTooDeeplyOrContainThemselvesAreRefused() throws JsonException {
        assertWritten("[".repeat(400) + "1" + "]".repeat(400), nested(400));
        String tooDeep = "it is nested more than 500 levels deep, or contains itself";
        assertUnwritable(tooDeep, nested(501));
        assertUnwritable(tooDeep, nested(100_000));
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        assertThrows(JsonException.class, () -> Json.write(itself, LIMIT));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("self", map);
        assertThrows(JsonException.class, () -> Json.write(map, LIMIT));
    }

    @Test
    void whatIsNotAValueIsRefused() {
        assertTrue(assertThrows(JsonException.class, () -> Json.write(Stream.of(1), LIMIT))
                .getMessage()
                .contains("collect it into a list"));
        assertThrows(JsonException.class, () -> Json.write(new Object(), LIMIT));
    }

    public static final class Opaque {}

    @Test
    void handlesAndComputationsAreRefusedWithWhatToReturnInstead() {
        String values = " is not data: return the values that the program needs, in a record or a map";
        assertUnwritable("java.lang.Thread" + values, Thread.currentThread());
        assertUnwritable("java.lang.ThreadGroup" + values, new ThreadGroup("group"));
        assertUnwritable("java.lang.Class" + values, String.class);
        assertUnwritable("java.lang.Module" + values, String.class.getModule());
        assertUnwritable(
                getClass().getClassLoader().getClass().getName() + values,
                getClass().getClassLoader());
        assertUnwritable("java.io.ByteArrayInputStream" + values, new ByteArrayInputStream(new byte[1]));
        assertUnwritable("java.lang.Runtime" + values, Runtime.getRuntime());
        assertUnwritable("java.util.concurrent.locks.ReentrantLock" + values, new ReentrantLock());
        assertUnwritable(
                "java.util.concurrent.CompletableFuture is not data: wait for it, and return its value",
                CompletableFuture.completedFuture(1));
        assertUnwritable(
                "java.util.concurrent.FutureTask is not data: wait for it, and return its value",
                Optional.of(new FutureTask<>(() -> 1)));
        assertUnwritable(
                "java.util.concurrent.SubmissionPublisher is not data: wait for what it publishes, and return that",
                Map.of("a", List.of(new SubmissionPublisher<>())));
        assertUnwritable("java.util.stream.ReferencePipeline$Head is not data: collect it into a list", Stream.of(1));
        assertTrue(assertThrows(JsonException.class, () -> Json.write(List.of(1).iterator(), LIMIT))
                .getMessage()
                .endsWith(" is not data: collect its elements into a list"));
        assertUnwritable("java.io.IOException is not data: throw it", new IOException("secret"));
        Supplier<Integer> lambda = () -> 1;
        assertUnwritable(lambda.getClass().getName() + " is a lambda: return what it computes", lambda);
        assertUnwritable(
                "class " + Opaque.class.getName() + " has no getters: return a record or a map",
                new Point(1, new Opaque()));
        assertUnwritable("java.lang.Object" + values, new Object());
    }

    @Test
    void dataOfTheJdkWithGettersPasses() throws JsonException {
        assertWritten(
                "{\"average\":1.5,\"count\":2,\"max\":2,\"min\":1,\"sum\":3}",
                IntStream.of(1, 2).summaryStatistics());
    }

    public static final class Failing {
        @SuppressWarnings("DoNotCallSuggester")
        public int getNumber() {
            throw new IllegalStateException("secret");
        }
    }

    @Test
    void failingGetterIsNotQuoted() {
        assertUnwritable("class " + Failing.class.getName() + " cannot be written as JSON", new Failing());
    }

    @Test
    void arraysAreCheckedAsListsAre() throws JsonException {
        assertWritten("[1.5,2.5]", new double[] {1.5, 2.5});
        assertWritten("[\"a\",null]", new String[] {"a", null});
        assertUnwritable("the number is NaN, which JSON does not have", new double[] {1, Double.NaN});
        assertUnwritable("the text has the lone surrogate U+D800 at index 0: it must be valid Unicode", (Object)
                new String[] {"\uD800"});
    }

    @Test
    void largeResultIsCountedAndNotKept() {
        List<Object> value = List.of("x".repeat(1 << 20));
        for (int i = 0; i < 6; i++) {
            value = List.of(value, value);
        }
        List<Object> large = value;
        Json.TooLargeException e = assertThrows(Json.TooLargeException.class, () -> Json.write(large, LIMIT));
        assertEquals("it takes 67109309 bytes as JSON", e.getMessage());
        for (int i = 0; i < 60; i++) {
            value = List.of(value, value);
        }
        List<Object> endless = value;
        assertThrows(Json.TooLargeException.class, () -> Json.write(endless, LIMIT));
    }

    @Test
    void limitsOfDocumentsAreToldWithoutTheNamesOfSettings() throws JsonException {
        Json.readObject(utf8("{\"" + "n".repeat(1000) + "\":1}"));
        assertUnreadable("Name length (1001) exceeds the maximum allowed (1000)", "{\"" + "n".repeat(1001) + "\":1}");
        assertUnreadable(
                "Token count (250001) exceeds the maximum allowed (250000)", "{\"a\":[" + "1,".repeat(250_000) + "1]}");
        assertUnreadable(
                "Number value length (4400) exceeds the maximum allowed (4310)", "{\"a\":" + "1".repeat(4400) + "}");
        assertUnreadable("it goes on after its end", "{} {}");
        assertUnreadable("it is empty", "");
    }

    private static void assertUnreadable(String message, String json) {
        assertEquals(
                message,
                assertThrows(JsonException.class, () -> Json.readObject(utf8(json)))
                        .getMessage());
    }

    @Test
    void argumentsThatAreNotOneStrictObjectAreRefused() {
        for (String bad : List.of(
                "",
                "[]",
                "1",
                "{",
                "{\"a\":1}{",
                "{\"a\":1} x",
                "{\"a\":1,\"a\":2}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":1e999}",
                "{'a':1}",
                "{\"a\":01}",
                "{\"a\":\"\\ud800\"}",
                "{\"a\":" + "1".repeat(4400) + "}",
                "{\"a\":" + "[".repeat(501) + "]".repeat(501) + "}")) {
            JsonException e = assertThrows(JsonException.class, () -> Json.readObject(utf8(bad)), bad);
            assertTrue(e.getMessage().length() < 600, e.getMessage());
        }
        assertThrows(
                JsonException.class, () -> Json.readObject(new byte[] {'{', '"', (byte) 0xFF, '"', ':', '1', '}'}));
    }

    @Test
    void argumentsWithoutAJavaTypeAreNatural() throws JsonException {
        Object value = Json.convert(
                Json.readObject(
                        utf8("{\"i\":1,\"big\":1180591620717411303424,\"f\":1.5,\"n\":null,\"l\":[true,\"é\"]}")),
                Object.class);
        Map<String, @Nullable Object> expected = new LinkedHashMap<>();
        expected.put("i", 1L);
        expected.put("big", BigInteger.TWO.pow(70));
        expected.put("f", 1.5);
        expected.put("n", null);
        expected.put("l", List.of(true, "é"));
        assertEquals(expected, value);
    }

    private static Object nested(int depth) {
        Object value = 1;
        for (int i = 0; i < depth; i++) {
            value = List.of(value);
        }
        return value;
    }

    private static void assertWritten(String json, @Nullable Object value) throws JsonException {
        assertEquals(json, new String(Json.write(value, LIMIT), UTF_8));
    }

    private static void assertUnwritable(String message, Object value) {
        assertEquals(
                message,
                assertThrows(JsonException.class, () -> Json.write(value, LIMIT))
                        .getMessage());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
