package io.github.hyperlight4j.codeact.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.codeact.Content;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureTextTest {

    private static final Tool ADD = Tool.builder("add")
            .parameters("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]}")
            .handler(arguments -> 1)
            .build();

    @Test
    void saysTheLineOfTheModelsOwnCodeEvenWhenALibraryRaised() {
        String code = "import json\nx = json.loads('{')";
        String traceback = """
                Traceback (most recent call last):
                  File "program.py", line 2, in <module>
                    x = json.loads('{')
                  File "/python/json/__init__.py", line 352, in loads
                json.decoder.JSONDecodeError: Expecting property name
                """;
        assertEquals(
                "json.decoder.JSONDecodeError at line 2 of your code: x = json.loads('{')\n" + traceback.strip(),
                python("json.decoder.JSONDecodeError", "Expecting property name", traceback, code));
    }

    @Test
    void aFailedToolIsShownWithItsSignature() {
        String text = python("hyperlight.ToolError", "Tool 'add' failed: no", trace("hyperlight.ToolError"), "add()");
        assertTrue(text.endsWith("\nSignature: add(a: int)"), text);
    }

    @Test
    void aSignatureThatIsThereAlreadyIsNotRepeated() {
        String text = python(
                "hyperlight.ToolError", "Tool 'add' does not take: x. Signature: add(a: int)", trace("x"), "add()");
        assertTrue(!text.endsWith("Signature: add(a: int)"), text);
    }

    @Test
    void aLongTracebackIsCutInTheMiddleAndALongLineAtItsEnd() {
        String text = python(
                "RecursionError",
                "x",
                "Traceback (most recent call last):\n" + "  File \"program.py\", line 1, in f\n".repeat(2000)
                        + "RecursionError: " + "x".repeat(100_000),
                "def f(): f()");
        assertTrue(text.length() < 4000, () -> text.length() + " characters");
        assertTrue(text.contains("lines left out]"), text);
        assertTrue(text.endsWith("x[...]"), text);
    }

    @Test
    void aHostileTracebackCannotNameALineThatIsNotThere() {
        for (String line : List.of("0", "3", "999999999", "99999999999999999999")) {
            String traceback = "Traceback:\n  File \"program.py\", line " + line + ", in <module>\nE: x";
            assertEquals(traceback, python("E", "x", traceback, "one\ntwo"));
        }
    }

    @Test
    void whatWasWrittenToStandardErrorComesFirst() {
        assertEquals(
                "warning\nThe code called sys.exit(3).",
                FailureText.of(new Outcome.Completed(3), "warning\r\n", "", List.of()));
    }

    @Test
    void everyOutcomeHasASentenceThatSaysWhatToDo() {
        assertTrue(other(new Outcome.Completed(3)).startsWith("Unknown sandbox error: the code called sys.exit(3)"));
        assertTrue(other(new Outcome.TimedOut(Duration.ofMillis(1500))).contains("more than 1.500 s"));
        assertTrue(other(new Outcome.TimedOut(Duration.ofSeconds(30))).contains("more than 30 s"));
        assertTrue(
                other(new Outcome.OutOfMemory("the micro-VM is full", "")).contains("is full. Work on smaller pieces"));
        assertTrue(other(new Outcome.Crashed("it trapped.")).contains("it trapped. The next call starts"));
        assertTrue(other(new Outcome.Cancelled()).contains("Cancelled by the application"));
    }

    @Test
    void theFailureComesAfterWhatWasPrinted() {
        assertEquals(
                List.of(new Content.Text("a\nb\n"), new Content.Failure("Execution error", "why")),
                ResultParts.failure("a\r\nb\n", List.of(), "why"));
    }

    @Test
    void standardErrorOfASuccessComesAfterStandardOutput() {
        assertEquals(
                List.of(new Content.Text("out\n"), new Content.Text("err\n")),
                ResultParts.success("out\r\n", List.of(), "err\r\n"));
    }

    private static String trace(String type) {
        return "Traceback (most recent call last):\n  File \"program.py\", line 1, in <module>\n" + type + ": x";
    }

    private static String python(String type, String message, String traceback, String code) {
        return FailureText.of(new Outcome.PythonError(type, message, traceback), "", code, List.of(ADD));
    }

    private static String other(Outcome outcome) {
        return FailureText.of(outcome, "", "", List.of());
    }
}
