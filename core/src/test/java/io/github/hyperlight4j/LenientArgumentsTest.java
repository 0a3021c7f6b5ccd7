package io.github.hyperlight4j;

import static io.github.hyperlight4j.ToolCaller.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments as models write them: taken where there is one way to understand them, refused otherwise. */
class LenientArgumentsTest {

    public enum Sort {
        NEWEST,
        OLDEST
    }

    public record Point(int x, int y) {}

    public record Everything(
            Optional<Integer> i,
            Optional<Double> f,
            Optional<Boolean> b,
            Optional<String> s,
            Optional<Sort> e,
            Optional<List<Integer>> l,
            Optional<Point> p,
            Optional<Map<String, List<Integer>>> m,
            OptionalInt o) {}

    private static final Tool TOOL = Tool.of("t", "", Everything.class, all -> {
        StringBuilder given = new StringBuilder();
        all.i().ifPresent(given::append);
        all.f().ifPresent(given::append);
        all.b().ifPresent(given::append);
        all.s().ifPresent(given::append);
        all.e().ifPresent(given::append);
        all.l().ifPresent(given::append);
        all.p().ifPresent(given::append);
        all.m().ifPresent(given::append);
        all.o().ifPresent(given::append);
        return given.toString();
    });

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{'i':'3'}; 3",
                "{'i':' -3 '}; -3",
                "{'i':3.0}; 3",
                "{'f':'3'}; 3.0",
                "{'f':'1e3'}; 1000.0",
                "{'b':'True'}; true",
                "{'b':0}; false",
                "{'e':'oldest'}; OLDEST",
                "{'l':'[1, \"2\"]'}; [1, 2]",
                "{'l':['1', 2]}; [1, 2]",
                "{'p':'{\"x\": 1, \"y\": \"2\"}'}; Point[x=1, y=2]",
                "{'m':{'a':['1']}}; {a=[1]}",
                "{'i':'None'}; ``",
                "{'o':'null'}; ``",
                "{'o':'5'}; 5",
                "{'s':'3'}; 3",
                "{'s':'None'}; None",
                "{'kwargs':{'i':'3','b':true}}; 3true",
                "{'arguments':{}}; ``"
            })
    void whatIsMeantIsTaken(String arguments, String given) {
        assertEquals("\"" + given + "\"", call(TOOL, json(arguments)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'i':'3.5'}",
                "{'i':'three'}",
                "{'i':''}",
                "{'i':true}",
                "{'i':'0x10'}",
                "{'i':[3]}",
                "{'b':'yes'}",
                "{'b':2}",
                "{'s':3}",
                "{'s':true}",
                "{'e':'new'}",
                "{'l':'1, 2'}",
                "{'l':3}",
                "{'l':'[1, 2'}",
                "{'l':'[\\\\uD800]'}",
                "{'p':'{\"x\": 1}'}",
                "{'f':'nan'}",
                "{'f':'1e999'}",
                "{'kwargs':{'i':'three'}}",
                "{'kwargs':{'i':3},'b':true}",
                "{'other':{'i':3}}"
            })
    void whatCouldMeanSeveralThingsOrNothingIsRefusedWithTheRightCall(String arguments) {
        String answer = call(TOOL, json(arguments));
        assertTrue(answer.startsWith("!Tool 't' does not take these arguments: "), answer);
        assertTrue(answer.contains(" Signature: t(i: int = ..., "), answer);
    }

    @Test
    void refusalTellsOfWhatTheProgramGave() {
        assertEquals(
                "!Tool 't' does not take these arguments: parameter 'i' must be an int, not a str;"
                        + " parameter 'b' must be a bool, not a str. Signature: "
                        + TOOL.signature(),
                call(TOOL, "{\"i\":\"3\",\"b\":\"yes\"}"));
    }

    @Test
    void valueThatFitsInSomeWayIsNotTouched() {
        Tool tool =
                Tool.builder("t").parameters("""
                        {"type": "object", "properties": {
                          "a": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
                          "kwargs": {"type": "object"}}}""").handler(ToolArguments::toJson).build();
        assertEquals("\"{\\\"a\\\":\\\"3\\\"}\"", call(tool, "{\"a\":\"3\"}"));
        assertEquals("\"{\\\"kwargs\\\":{\\\"a\\\":3}}\"", call(tool, "{\"kwargs\":{\"a\":3}}"));
    }

    private static String json(String quoted) {
        return quoted.replace("\"", "\\\"").replace('\'', '"');
    }
}
