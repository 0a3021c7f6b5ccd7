package io.github.hyperlight4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RequiresVm
class RunCommandVmTest {

    @Test
    void programFromTheCommandLine() {
        assertEquals(new CommandLines.Result(0, "é😀\n", ""), CommandLines.run("run", "-c", "print('é😀')"));
        assertEquals(new CommandLines.Result(0, "", ""), CommandLines.run("run", "-c", ""));
    }

    @Test
    void programFromAFileOrStandardInput(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("p.py"), "import sys\nprint(1)\nprint(2, file=sys.stderr)\n");
        assertEquals(new CommandLines.Result(0, "1\n", "2\n"), CommandLines.run("run", file.toString()));
        InputStream stdin = System.in;
        System.setIn(new ByteArrayInputStream("print('in')".getBytes(StandardCharsets.UTF_8)));
        try {
            assertEquals(new CommandLines.Result(0, "in\n", ""), CommandLines.run("run", "-"));
        } finally {
            System.setIn(stdin);
        }
    }

    @Test
    void exitCodeIsTheProgramsAndATracebackGoesToStandardError() {
        assertEquals(7, CommandLines.run("run", "-c", "import sys; sys.exit(7)").exitCode());
        CommandLines.Result result = CommandLines.run("run", "-c", "print('a')\n1/0");
        assertEquals(1, result.exitCode());
        assertEquals("a\n", result.out());
        assertTrue(result.err().startsWith("Traceback (most recent call last):\n"), result.err());
        assertTrue(result.err().endsWith("ZeroDivisionError: division by zero\n"), result.err());
    }

    @Test
    void programThatRunsOutOfTimeIs124() {
        CommandLines.Result result = CommandLines.run("run", "--timeout", "1.5s", "-c", "print('a')\nwhile True: pass");
        assertEquals(
                new CommandLines.Result(124, "a\n", "hyperlight4j: the program was stopped after 1.5 s\n"), result);
    }

    @Test
    void nulIsRefusedWithItsPlace() {
        CommandLines.Result result = CommandLines.run("run", "-c", "print(1)\n\0");
        assertEquals(2, result.exitCode());
        assertTrue(result.err().contains("NUL character at line 2, column 1"), result.err());
    }

    @Test
    void jsonIsOneObject() {
        JsonNode ok = json("run", "--json", "-c", "print('a')");
        assertEquals("completed", ok.get("outcome").asString());
        assertEquals(0, ok.get("exitCode").asInt());
        assertEquals("a\n", ok.get("stdout").asString());
        assertEquals("", ok.get("stderr").asString());
        assertTrue(ok.get("files").isArray());
        assertTrue(ok.get("durationMs").asInt() >= 0);
        JsonNode error = json("run", "--json", "-c", "1/0");
        assertEquals("python_error", error.get("outcome").asString());
        assertTrue(error.get("stderr").asString().contains("ZeroDivisionError"));
        assertEquals(
                "timed_out",
                json("run", "--json", "--timeout", "1", "-c", "while True: pass")
                        .get("outcome")
                        .asString());
    }

    @Test
    void doctorSaysThatProgramsRun() {
        CommandLines.Result result = CommandLines.run("doctor");
        assertEquals(0, result.exitCode(), result::toString);
        assertTrue(result.out().contains("Python 3."), result.out());
    }

    private static JsonNode json(String... arguments) {
        CommandLines.Result result = CommandLines.run(arguments);
        assertEquals("", result.err());
        assertEquals(1, result.out().lines().count(), result.out());
        return JsonMapper.shared().readTree(result.out());
    }
}
