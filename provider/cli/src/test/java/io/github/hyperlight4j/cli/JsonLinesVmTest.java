package io.github.hyperlight4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.testing.RequiresVm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Many programs at once from standard input, whatever some of them are. */
@RequiresVm
@Timeout(300)
class JsonLinesVmTest {

    private static final SandboxConfig CONFIG = SandboxConfig.builder()
            .limits(Limits.builder().wallTime(Duration.ofSeconds(60)).build())
            .build();

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void oneProgramsFailureNeverStopsTheRest() throws Exception {
        String input = """
                {"id": "good", "code": "print(1)"}
                {"id": "raises", "code": "print(2); 1/0"}
                not json

                {"id": "stopped", "code": "print(3)\\nwhile True: pass", "limits": {"timeout": "500ms"}}
                {"id": "cannot be", "code": "\\u0000"}
                {"id": "exits", "code": "import sys; sys.exit(7)"}
                {"code": "print('last')"}""";
        assertEquals(1, run(new ByteArrayInputStream(input.getBytes(UTF_8)), out));
        Map<String, JsonNode> results = results();
        assertEquals(7, results.size(), results::toString);
        assertResult("completed", 0, "1\n", results.get("\"good\""));
        assertResult("python_error", 1, "2\n", results.get("\"raises\""));
        assertResult("timed_out", 124, "3\n", results.get("\"stopped\""));
        assertResult("completed", 7, "", results.get("\"exits\""));
        assertResult("completed", 0, "last\n", results.get("line 8"));
        assertEquals("bad_line", results.get("line 3").get("outcome").stringValue());
        assertEquals("bad_line", results.get("\"cannot be\"").get("outcome").stringValue());
        String progress = err.toString(UTF_8).stripTrailing();
        String summary = progress.substring(progress.lastIndexOf('\n') + 1);
        assertTrue(summary.startsWith("hyperlight4j: 7 done, 5 of them failed, in "), summary);
    }

    /** A bad line's number was another program's own id. */
    @Test
    void idsAreThePrograms() throws Exception {
        String input = """
                {"id": 1, "code": "print(1)"}
                garbage
                {"id": 2, "code": "print(2)"}
                {"code": "print(3)"}
                {"id": 4, "code": "print(4)", "limits": {"timeout": "8760h"}}""";
        assertEquals(1, run(new ByteArrayInputStream(input.getBytes(UTF_8)), out));
        Map<String, JsonNode> results = results();
        assertEquals(Set.of("1", "2", "4", "line 2", "line 4"), results.keySet());
        assertResult("completed", 0, "2\n", results.get("2"));
        assertEquals(3, results.get("2").get("line").intValue());
        String message = results.get("4").get("error").get("message").stringValue();
        assertEquals(
                "limit 'timeout': more than 60 s, the most that this command allows: --timeout can allow more",
                message);
    }

    /** An OutOfMemoryError while a result was printed lost it, with exit code 0. */
    @Test
    void resultThatDoesNotFitIntoMemoryIsAnErrorAndNoOtherIsLost() throws Exception {
        String input = """
                {"id": "small", "code": "print(1)"}
                {"id": "large", "code": "for _ in range(100): print(chr(1) * 1_000_000)"}
                {"id": "small too", "code": "print(2)"}
                """;
        Path programs = Files.writeString(folder.resolve("programs.jsonl"), input);
        List<String> arguments = List.of("run", "--jsonl", "--jobs", "1", "--stdout", "250MiB", "--timeout", "200s");
        Process process = new ProcessBuilder(CommandLines.javaCommand("-Xmx700m", arguments))
                .redirectInput(programs.toFile())
                .redirectOutput(folder.resolve("results").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertTrue(process.waitFor(280, TimeUnit.SECONDS));
        assertEquals(1, process.exitValue());
        out.write(Files.readAllBytes(folder.resolve("results")));
        Map<String, JsonNode> results = results();
        assertResult("completed", 0, "1\n", results.get("\"small\""));
        assertResult("completed", 0, "2\n", results.get("\"small too\""));
        assertEquals("host_failure", results.get("\"large\"").get("outcome").stringValue());
    }

    @Test
    void programsThatRunAtOnceFitIntoTheHeap() {
        JsonLines lines = new JsonLines(new PrintStream(out), new PrintStream(err), 256, CONFIG, false);
        assertTrue(lines.cost(100, CONFIG.limits()) >= 10, "MiB");
        assertTrue(lines.cost(60 << 20, CONFIG.limits()) >= 180);
        Limits large = Limits.builder().stdout(ByteSize.ofMebibytes(256)).build();
        assertTrue(lines.cost(100, large) >= 512 || Runtime.getRuntime().maxMemory() < (1L << 30));
    }

    @Test
    void allThatSucceedIsExitCodeZero() throws Exception {
        String input = "{\"code\": \"print(1)\"}\n".repeat(20);
        assertEquals(0, run(new ByteArrayInputStream(input.getBytes(UTF_8)), out));
        assertEquals(20, results().size());
    }

    /** A stream without end: what is read is what runs, and when nobody reads the results, it ends. */
    @Test
    void readsNoFurtherThanItRunsAndEndsWhenNobodyReadsTheResults() throws Exception {
        AtomicInteger read = new AtomicInteger();
        InputStream endless = new InputStream() {
            private final byte[] line =
                    ("{\"code\": \"print(1)\", \"id\": \"" + "x".repeat(100_000) + "\"}\n").getBytes(UTF_8);
            private int position;

            @Override
            public int read() {
                read.incrementAndGet();
                return line[position++ % line.length];
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                for (int i = 0; i < length; i++) {
                    bytes[offset + i] = (byte) read();
                }
                return length;
            }
        };
        OutputStream closedAfterThree = new OutputStream() {
            private int lines;

            @Override
            public void write(int b) throws IOException {
                if (lines == 3) {
                    throw new IOException("Broken pipe");
                }
                lines += b == '\n' ? 1 : 0;
            }
        };
        assertEquals(ExitCode.BROKEN_PIPE, run(endless, closedAfterThree));
        assertTrue(read.get() < 8 * 100_100, () -> "bytes read: " + read.get());
    }

    @Test
    void warmKeepsASnapshotOnce() throws Exception {
        String to = folder.resolve("snapshots").toString();
        assertTrue(CommandLines.run("warm", "--to", to).out().startsWith("snapshot made in "));
        assertEquals(
                "there is a snapshot already",
                CommandLines.run("warm", "--to", to).out().strip());
        try (Stream<Path> kept = Files.list(Path.of(to))) {
            assertEquals(1, kept.count());
        }
    }

    private int run(InputStream in, OutputStream out) throws BadProgramException {
        PrintStream results = new PrintStream(out, false, UTF_8);
        return new JsonLines(results, new PrintStream(err, true, UTF_8), 2, CONFIG, false).run(in);
    }

    private Map<String, JsonNode> results() {
        Map<String, JsonNode> results = new TreeMap<>();
        int[] count = {0};
        out.toString(UTF_8).lines().forEach(line -> {
            JsonNode result = JsonMapper.shared().readTree(line);
            JsonNode id = result.get("id");
            results.put(id.isNull() ? "line " + result.get("line") : id.toString(), result);
            count[0]++;
        });
        assertEquals(count[0], results.size(), "one line a program");
        return results;
    }

    private static void assertResult(String outcome, int exitCode, String stdout, JsonNode result) {
        assertEquals(outcome, result.get("outcome").stringValue(), result::toString);
        assertEquals(exitCode, result.get("exitCode").intValue(), result::toString);
        assertEquals(stdout, result.get("stdout").stringValue(), result::toString);
    }
}
