package io.github.hyperlight4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.RequiresVm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
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
    void filesOfTheHostAreReadWhereTheyAreMounted(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("a.txt"), "workspace");
        Path data = Files.writeString(folder.resolve("data.txt"), "mounted");
        CommandLines.Result result = CommandLines.run(
                "run",
                "--workspace",
                folder.toString(),
                "--mount",
                data + ":x/y.txt",
                "-c",
                "print(open('/input/a.txt').read(), open('/input/x/y.txt').read())");
        assertEquals(new CommandLines.Result(0, "workspace mounted\n", ""), result);
    }

    @Test
    void outputIsSavedNeverOverOrThroughWhatIsThere(@TempDir Path folder) throws IOException {
        Path output = Files.createDirectories(folder.resolve("out"));
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Files.writeString(output.resolve("there.txt"), "old");
        Files.createSymbolicLink(output.resolve("link"), elsewhere);
        Files.createSymbolicLink(output.resolve("dangling.txt"), elsewhere.resolve("new.txt"));
        String code = """
                import os
                os.makedirs('/output/a/b'); os.makedirs('/output/link')
                for name in ('a/b/c.txt', 'there.txt', 'link/d.txt', 'dangling.txt'):
                    open('/output/' + name, 'w').write('new')
                """;
        CommandLines.Result result = CommandLines.run("run", "--output", output.toString(), "-c", code);
        assertEquals(125, result.exitCode(), result::toString);
        assertEquals("new", Files.readString(output.resolve("a/b/c.txt")));
        assertEquals("old", Files.readString(output.resolve("there.txt")));
        for (String name : new String[] {"there.txt", "link/d.txt", "dangling.txt"}) {
            assertTrue(result.err().contains("hyperlight4j: " + name + " was not saved: "), result.err());
        }
        try (Stream<Path> files = Files.list(elsewhere)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void filesAreInTheJsonReportAndForgettingThemIsSaid(@TempDir Path folder) {
        String code = "open('/output/a.csv', 'w').write('x')";
        JsonNode file = json("run", "--json", "-c", code).get("files").get(0);
        assertEquals("{\"path\":\"a.csv\",\"mediaType\":\"text/csv\",\"size\":1,\"base64\":\"eA==\"}", file.toString());
        Path output = folder.resolve("new");
        file = json("run", "--json", "--output", output.toString(), "-c", code)
                .get("files")
                .get(0);
        assertTrue(file.get("savedAs").asString().endsWith("/new/a.csv"), file.toString());
        assertTrue(CommandLines.run("run", "-c", code).err().contains("--output DIR keeps them"));
    }

    @Test
    void hostThatIsNotAllowedIsRefused() {
        CommandLines.Result result = CommandLines.run(
                "run",
                "--allow",
                "example.com=GET",
                "-c",
                "import urllib.request as r; r.urlopen('http://example.org/')");
        assertEquals(1, result.exitCode());
        assertTrue(result.err().contains("example.com (GET)"), result.err());
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
