package io.github.hyperlight4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.AllowedDomain;
import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Problems before there is a sandbox: one line on standard error, and exit code 2. */
class UsageTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run",
                "run -c 1 file",
                "run --timeout 0 -c 1",
                "run --timeout soon -c 1",
                "run --nonsense -c 1",
                "run --output /tmp --jsonl",
                "run --jsonl -c 1",
                "run --jsonl --jobs -1",
                "run --jsonl --jobs many",
                "run --jsonl --jobs 0",
                "run --jsonl --json",
                "run --jsonl --stdin",
                "run --jsonl -- a",
                "run --jobs 2 -c 1",
                "run --overwrite -c 1",
                "run --stdin -",
                "run --memory much -c 1",
                "run program.py a b",
                "doctor -- a",
                "-- a",
                "warm --to",
                "nonsense",
                ""
            })
    void wrongCommandLine(String line) {
        CommandLines.Result result = CommandLines.run(line.isEmpty() ? new String[0] : line.split(" ", -1));
        assertEquals(2, result.exitCode(), result::toString);
        assertEquals("", result.out());
        assertTrue(result.err().startsWith("hyperlight4j: "), result.err());
        assertEquals(2, result.err().lines().count(), result.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run --workspace /nonexistent -c 1",
                "run --mount /nonexistent:data -c 1",
                "run --mount /tmp:../data -c 1",
                "run --mount /tmp:data --mount /etc:data -c 1",
                "run --allow http:// -c 1",
                "run --allow example.com= -c 1",
                "run --allow example.com=TRACE -c 1",
                "run --output /dev/null -c 1",
                "run --output /proc/nope -c 1",
                "run --memory 1KiB -c 1",
                "run --stdout 1GB -c 1",
                "run --tool-calls -1 -c 1"
            })
    void whatAProgramCannotBeGiven(String line) {
        CommandLines.Result result = CommandLines.run(line.split(" ", -1));
        assertEquals(2, result.exitCode(), result::toString);
        assertEquals(1, result.err().lines().count(), result.err());
    }

    @Test
    void messageSaysWhatWouldBeRight() {
        assertProblem("Unknown command 'runn'. Did you mean: run?", "runn");
        assertProblem("Unknown option: '--timout'. Did you mean: --timeout?", "run", "--timout", "1", "-c", "1");
        assertTrue(CommandLines.run("run", "p.py", "a").err().contains("Arguments of the program come after --"));
        assertProblem("--jobs needs --jsonl", "run", "--jobs", "2", "-c", "1");
        assertProblem(
                "--output /proc/nope cannot be made: no such file or directory",
                "run",
                "--output",
                "/proc/nope",
                "-c",
                "1");
        assertProblem("--memory must be at least 64 MiB: 1 KiB", "run", "--memory", "1KiB", "-c", "1");
        String workspace =
                CommandLines.run("run", "--workspace", "nope", "-c", "1").err();
        assertTrue(workspace.startsWith("hyperlight4j: --workspace nope: "), workspace);
        assertTrue(workspace.contains(Path.of("nope").toAbsolutePath().toString()), workspace);
        String mount = CommandLines.run("run", "--mount", "../data", "-c", "1").err();
        assertTrue(mount.contains("../data:data says where"), mount);
    }

    private static void assertProblem(String message, String... arguments) {
        CommandLines.Result result = CommandLines.run(arguments);
        assertEquals(2, result.exitCode());
        assertEquals(
                "hyperlight4j: " + message, result.err().lines().findFirst().orElse(""));
    }

    /** An operating system keeps 8 bits of an exit code, and a guest that was taken over claims what it likes. */
    @Test
    void programThatFailedIsNeverExitCodeZero() {
        assertEquals(0, ExitCode.of(new Outcome.Completed(0)));
        assertEquals(255, ExitCode.of(new Outcome.Completed(255)));
        for (int forged : new int[] {256, -1, 512, Integer.MIN_VALUE}) {
            assertEquals(1, ExitCode.of(new Outcome.Completed(forged)));
        }
        assertEquals(1, ExitCode.of(new Outcome.PythonError("ValueError", "", "")));
    }

    @Test
    void sizesHaveUnits() {
        ByteSizeConverter converter = new ByteSizeConverter();
        assertEquals(1500, converter.convert("1500").bytes());
        assertEquals(64 << 10, converter.convert("64KiB").bytes());
        assertEquals(1_000_000_000, converter.convert("1GB").bytes());
        assertEquals(10 << 20, converter.convert("10 MiB").bytes());
        for (String wrong : new String[] {"", "much", "-1", "1.5MiB", "1M", "999999999999GiB"}) {
            assertThrows(TypeConversionException.class, () -> converter.convert(wrong));
        }
    }

    @Test
    void textIsCutWhereItHasTheMarkBehindAsMuchAsTheLimitAllows() {
        ByteSize limit = ByteSize.ofBytes(4);
        assertTrue(Cuts.isCut("abcd\n[output cut: the limit is 4 bytes]\n", limit));
        assertFalse(Cuts.isCut("abcd", limit));
        assertFalse(
                Cuts.isCut("[output cut: the limit is 1 MiB]\n", ByteSize.ofMebibytes(1)), "a program can print it");
    }

    @Test
    void helpAndVersion() {
        CommandLines.Result help = CommandLines.run("--help");
        assertEquals(0, help.exitCode());
        assertTrue(help.out().contains("doctor"), help.out());
        String run = CommandLines.run("run", "--help").out();
        assertTrue(run.contains("124 if it ran out of time"), run);
        assertTrue(run.contains("run program.py -- a b"), run);
        assertEquals(run, CommandLines.run("help", "run").out());
        assertTrue(CommandLines.run("help").out().contains("doctor"));
        assertTrue(CommandLines.run("--version").out().startsWith("hyperlight4j "));
    }

    @Test
    void fileThatIsNotAProgram() throws IOException {
        Path file = folder.resolve("program.py");
        assertBad(file + ": no such file", file);

        Files.write(file, new byte[] {'a', 'b', (byte) 0xFF, 'c'});
        assertBad(file + ": the program is not UTF-8: byte 0xFF at offset 2", file);

        Files.write(file, "print('é')".getBytes(StandardCharsets.ISO_8859_1));
        assertBad(file + ": the program is not UTF-8: byte 0xE9 at offset 7", file);

        byte[] large = new byte[(10 << 20) + 1];
        Arrays.fill(large, (byte) ' ');
        Files.write(file, large);
        assertBad(file + ": the program is larger than 10 MiB", file);

        assertTrue(CommandLines.run("run", folder.toString()).err().startsWith("hyperlight4j: " + folder));
    }

    @Test
    void verboseShowsTheStackTrace() {
        String missing = folder.resolve("missing").toString();
        assertFalse(CommandLines.run("run", missing).err().contains("\tat "));
        assertTrue(CommandLines.run("run", "--verbose", missing).err().contains("\tat "));
        assertTrue(CommandLines.run("--verbose", "run", missing).err().contains("\tat "));
    }

    @Test
    void byteOrderMarkIsDropped() throws BadProgramException {
        byte[] marked = "\uFEFFprint(1)".getBytes(StandardCharsets.UTF_8);
        assertEquals("print(1)", ProgramSource.decode(marked, "file"));
        assertEquals("", ProgramSource.decode(new byte[0], "file"));
    }

    @Test
    void truncatedCharacterIsNotUtf8() {
        byte[] half = {'a', (byte) 0xC3};
        assertEquals(
                "file: the program is not UTF-8: byte 0xC3 at offset 1",
                assertThrows(BadProgramException.class, () -> ProgramSource.decode(half, "file"))
                        .getMessage());
    }

    @Test
    void commandLineThatTheLocaleCouldNotDecodeIsRefused() throws BadProgramException {
        assertEquals("\uFFFD", ProgramSource.fromArgument("\uFFFD", "UTF-8"));
        assertEquals("abc", ProgramSource.fromArgument("abc", "ANSI_X3.4-1968"));
        assertThrows(BadProgramException.class, () -> ProgramSource.fromArgument("\uFFFD", "ANSI_X3.4-1968"));
    }

    @Test
    void aMountIsAPathOrAPair() {
        assertEquals(
                folder.toString().substring(1),
                SandboxOptions.mount(folder.toString()).mountPath());
        assertEquals("a/b", SandboxOptions.mount(folder + ":a/b").mountPath());
        assertEquals("a", SandboxOptions.mount(folder + ":/input/a").mountPath());
    }

    @Test
    void anEqualsSignEndsATargetOnlyBeforeMethods() {
        assertEquals(
                List.of("GET", "POST"),
                SandboxOptions.allowed("example.com=post,get").methods());
        assertEquals("example.com", SandboxOptions.allowed("Example.com=GET").target());
        assertEquals(
                "https://example.com/a=1",
                SandboxOptions.allowed("https://example.com/a=1").target());
        assertEquals(AllowedDomain.of("example.com"), SandboxOptions.allowed("example.com"));
    }

    @Test
    void timesHaveUnits() {
        DurationConverter converter = new DurationConverter();
        assertEquals(Duration.ofSeconds(30), converter.convert("30"));
        assertEquals(Duration.ofMillis(1500), converter.convert("1.5s"));
        assertEquals(Duration.ofMillis(500), converter.convert("500ms"));
        assertEquals(Duration.ofMinutes(2), converter.convert("2m"));
        assertThrows(TypeConversionException.class, () -> converter.convert("-1"));
        assertThrows(TypeConversionException.class, () -> converter.convert("9999h"));
        assertEquals("1.5 s", DurationConverter.format(Duration.ofMillis(1500)));
        assertEquals("120 s", DurationConverter.format(Duration.ofMinutes(2)));
    }

    private static void assertBad(String message, Path file) {
        assertEquals(
                new CommandLines.Result(2, "", "hyperlight4j: " + message + System.lineSeparator()),
                CommandLines.run("run", file.toString()));
    }
}
