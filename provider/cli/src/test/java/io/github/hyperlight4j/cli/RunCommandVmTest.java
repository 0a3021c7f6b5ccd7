package io.github.hyperlight4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.RequiresVm;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
        assertEquals(122, result.exitCode(), result::toString);
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
        assertEquals("", error.get("stderr").asString(), "what the program itself wrote");
        JsonNode details = error.get("error");
        assertEquals("ZeroDivisionError", details.get("type").asString());
        assertEquals("division by zero", details.get("message").asString());
        assertEquals(1, details.get("line").asInt());
        assertTrue(details.get("traceback").asString().startsWith("Traceback (most recent call last):\n"));
        assertEquals(
                "timed_out",
                json("run", "--json", "--timeout", "1", "-c", "while True: pass")
                        .get("outcome")
                        .asString());
    }

    @Test
    void outputReplacesWhatIsThereWhenAsked(@TempDir Path folder) throws IOException {
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "old");
        Path output = Files.createDirectory(folder.resolve("out"));
        Files.createSymbolicLink(output.resolve("link"), elsewhere);
        String code = "for name in ('a', 'link'): open('/output/' + name, 'w').write('new')";
        for (int i = 0; i < 2; i++) {
            CommandLines.Result result =
                    CommandLines.run("run", "--output", output.toString(), "--overwrite", "-c", code);
            assertEquals(0, result.exitCode(), result::toString);
        }
        assertEquals("new", Files.readString(output.resolve("a")));
        assertEquals("new", Files.readString(output.resolve("link")));
        assertEquals("old", Files.readString(elsewhere), "a link is replaced, not followed");
    }

    @Test
    void cutIsSaidAndAnExitCodeWhereAsked() {
        String code = "print('x' * 3_000_000)";
        CommandLines.Result result = CommandLines.run("run", "-c", code);
        assertEquals(0, result.exitCode());
        assertEquals(
                "hyperlight4j: standard output was cut at 1 MiB: --stdout allows more",
                result.err().strip());
        assertEquals(123, CommandLines.run("run", "--fail-if-cut", "-c", code).exitCode());
        assertEquals(
                new CommandLines.Result(0, "x".repeat(2_999_999) + "\n", ""),
                CommandLines.run("run", "--fail-if-cut", "--stdout", "3MB", "-c", "print('x' * 2_999_999)"));
        JsonNode json = json("run", "--json", "-c", code);
        assertTrue(json.get("stdoutCut").asBoolean());
        assertFalse(json.get("stderrCut").asBoolean());
    }

    @Test
    void limitsAreOptions() {
        CommandLines.Result memory = CommandLines.run("run", "--memory", "80MiB", "-c", "x = bytearray(100 << 20)");
        assertEquals(1, memory.exitCode(), memory::toString);
        assertTrue(memory.err().contains("MemoryError"), memory.err());
        CommandLines.Result files = CommandLines.run(
                "run", "--output-files", "1", "-c", "for name in 'ab': open('/output/' + name, 'w').close()");
        assertEquals(1, files.exitCode());
        assertTrue(files.err().contains("OSError"), files.err());
    }

    @Test
    void argumentsAndStandardInputReachTheProgram() {
        String code = "import sys\nprint(sys.argv, ascii(input()), ascii(sys.stdin.read()), sorted(globals())[-1])";
        assertEquals(
                new CommandLines.Result(0, "['program.py', '-x', '--', 'é😀', \"'\"]\n", ""),
                CommandLines.run("run", "-c", "import sys; print(sys.argv)", "--", "-x", "--", "é😀", "'"));
        InputStream stdin = System.in;
        System.setIn(new ByteArrayInputStream(new byte[] {'a', (byte) 0xff, '\n', 'b', 0, '\n'}));
        try {
            assertEquals(
                    new CommandLines.Result(0, "['program.py', 'a'] 'a\\udcff' 'b\\x00\\n' sys\n", ""),
                    CommandLines.run("run", "--stdin", "-c", code, "--", "a"));
        } finally {
            System.setIn(stdin);
        }
        CommandLines.Result error = CommandLines.run("run", "-c", "1/0", "--", "a");
        assertTrue(error.err().contains("File \"program.py\", line 1"), error.err());
        assertEquals(1, error.exitCode());
    }

    /** Ctrl-C lost what was in {@code /output}, and said nothing. */
    @Test
    void interruptSavesWhatThereIs(@TempDir Path folder) throws Exception {
        Path output = folder.resolve("out");
        String code = "open('/output/a', 'w').write('kept')\nprint('ready')\nwhile True: pass";
        List<String> arguments = List.of("run", "--timeout", "100s", "--output", output.toString(), "-c", code);
        Process process = new ProcessBuilder(CommandLines.javaCommand("-Xmx256m", arguments)).start();
        try (BufferedReader out = process.inputReader()) {
            assertEquals("ready", out.readLine());
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        }
        assertEquals(130, process.exitValue());
        assertEquals("kept", Files.readString(output.resolve("a")));
        assertEquals("hyperlight4j: interrupted", process.errorReader().lines().reduce("", (a, b) -> b));
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
