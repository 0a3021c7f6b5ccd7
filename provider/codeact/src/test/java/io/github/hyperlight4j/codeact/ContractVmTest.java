package io.github.hyperlight4j.codeact;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.hyperlight4j.AllowedDomain;
import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.FileMount;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.ToolFunction;
import io.github.hyperlight4j.ToolParameter;
import io.github.hyperlight4j.Tools;
import io.github.hyperlight4j.testing.RequiresVm;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of the public contract that need a micro-VM. Each test is named by the line, as the contract says it. */
@RequiresVm
class ContractVmTest {

    /** Tools that are ordinary Java methods. */
    static final class Host {

        @ToolFunction("Adds.")
        long add(@ToolParameter(name = "a") long a, @ToolParameter(name = "b") long b) {
            return a + b;
        }

        @ToolFunction("Gives back what it gets.")
        @Nullable
        Object echo(@ToolParameter(name = "value") @Nullable Object value) {
            return value;
        }

        @ToolFunction("Says who runs it.")
        long pid() {
            return ProcessHandle.current().pid();
        }

        @ToolFunction("Fails.")
        void fail() {
            throw new IllegalStateException("no such customer");
        }

        @ToolFunction("Has awkward parameters.")
        String awkward(@ToolParameter(name = "name") String name, @ToolParameter(name = "tool_name") String toolName) {
            return name + "/" + toolName;
        }

        @ToolFunction("A value that looks like a failure.")
        Map<String, String> error() {
            return new TreeMap<>(Map.of("error", "not found"));
        }

        @ToolFunction("Takes a while.")
        int slow(@ToolParameter(name = "n") int n) throws InterruptedException {
            Thread.sleep(300);
            return n;
        }
    }

    private final HyperlightExecuteCodeTool tool = HyperlightExecuteCodeTool.builder()
            .config(SandboxConfig.of(Tools.of(new Host())))
            .build();

    @Test
    @DisplayName(
            "call_tool(name, **kwargs): a builtin in the sandbox; runs the Java callback in the host process, with the"
                    + " host's rights; keyword arguments only; JSON in, JSON out (native values come back as native Python values);"
                    + " a tool's failure is a Python exception that names the tool; an unknown tool names those that exist")
    void callTool() {
        assertPrints("""
                5 %d
                {'a': [1, 2.5, None, True, 'ü😀'], 'big': %s}
                fail: Tool 'fail' failed: no such customer
                Unknown tool 'nope'. Registered tools: add, awkward, echo, error, fail, pid, slow.
                TypeError
                """.formatted(ProcessHandle.current().pid(), BigInteger.TWO.pow(100)), """
                print(call_tool('add', a=2, b=3), call_tool('pid'))
                print(call_tool('echo', value={'a': [1, 2.5, None, True, 'ü\\N{GRINNING FACE}'], 'big': 2**100}))
                try: call_tool('fail')
                except RuntimeError as e: print('fail:', e)
                try: call_tool('nope')
                except RuntimeError as e: print(e)
                try: call_tool('add', 2, 3)
                except TypeError as e: print(type(e).__name__)
                """);
    }

    @Test
    @DisplayName("tool results keep their native type (a map with a key error is a value, not a failure)")
    void errorIsAValue() {
        assertPrints("{'error': 'not found'}\n", "print(call_tool('error'))");
    }

    @Test
    @DisplayName(
            "globals call_tool, http_get, http_post, also from hyperlight import call_tool; call_tool's own parameter is"
                    + " positional-only, so a tool may have parameters called name or tool_name")
    void globals() {
        assertPrints("n/t True True True\n", """
                from hyperlight import call_tool as imported
                print(call_tool('awkward', name='n', tool_name='t'), imported is call_tool, callable(http_get), callable(http_post))
                """);
    }

    @Test
    @DisplayName(
            "workspace_root: visible read-only under /input/; file_mounts: files or directories, mount paths stay within"
                    + " /input; links that lead out are refused; special files are skipped; /input can only be read")
    void input(@TempDir Path host) throws Exception {
        Path workspace = Files.createDirectory(host.resolve("workspace"));
        Files.writeString(workspace.resolve("notes.txt"), "from the workspace");
        Path secret = Files.writeString(host.resolve("secret"), "secret");
        Files.createSymbolicLink(workspace.resolve("out"), secret);
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", workspace.resolve("fifo").toString())
                        .start()
                        .waitFor());
        Path prices = Files.writeString(host.resolve("prices.csv"), "lamp,19.5");
        Path data = Files.createDirectory(host.resolve("data"));
        Files.writeString(data.resolve("a.txt"), "a");
        HyperlightExecuteCodeTool files = HyperlightExecuteCodeTool.builder()
                .config(SandboxConfig.builder()
                        .workspace(workspace)
                        .fileMount(FileMount.of(prices, "tables/prices.csv"))
                        .fileMount(FileMount.of(data, "data"))
                        .build())
                .build();
        CodeResult result = files.execute("""
                import os
                print(open('/input/notes.txt').read())
                print(open('/input/tables/prices.csv').read(), open('/input/data/a.txt').read())
                print('fifo' in os.listdir('/input'))
                for change in (lambda: open('/input/notes.txt', 'w'), lambda: open('/input/new', 'w'), lambda: os.remove('/input/data/a.txt')):
                    try:
                        change()
                        print('changed')
                    except OSError as e:
                        print('refused')
                try:
                    print(open('/input/out').read())
                except OSError as e:
                    print('link refused')
                """);
        assertEquals(
                "from the workspace\nlamp,19.5 a\nFalse\nrefused\nrefused\nrefused\nlink refused\n", result.text());
        assertFalse(result.text().contains(host.toString()));
    }

    @Test
    @DisplayName(
            "files: what the code writes under /output comes back with the result: bytes, media type, path;"
                    + " results in order: stdout (CRLF made LF), output files sorted by path with their media type, then stderr")
    void resultsInOrder() {
        CodeResult result = tool.execute("""
                import os, sys
                os.makedirs('/output/b')
                open('/output/b/table.csv', 'w').write('1,2')
                open('/output/a.bin', 'wb').write(bytes([0, 255]))
                sys.stderr.write('warned\\r\\n')
                print('done\\r')
                """);
        assertTrue(result.isSuccess());
        assertEquals(4, result.contents().size(), result.toString());
        Content.File first =
                assertInstanceOf(Content.File.class, result.contents().get(1));
        Content.File second =
                assertInstanceOf(Content.File.class, result.contents().get(2));
        assertAll(
                () -> assertEquals(new Content.Text("done\n"), result.contents().get(0)),
                () -> assertEquals("/output/a.bin", first.path()),
                () -> assertEquals("application/octet-stream", first.file().mediaType()),
                () -> assertArrayEquals(new byte[] {0, (byte) 255}, first.file().bytes()),
                () -> assertEquals("/output/b/table.csv", second.path()),
                () -> assertEquals("text/csv", second.file().mediaType()),
                () -> assertEquals(
                        new Content.Text("warned\n"), result.contents().get(3)),
                () -> assertEquals("""
                                done
                                [File /output/a.bin, application/octet-stream, 2 bytes]
                                [File /output/b/table.csv, text/csv, 3 bytes]
                                warned
                                """, result.text()));
    }

    @Test
    @DisplayName("result: stderr and the error details when it failed, with partial stdout kept; on failure stderr or"
            + " \"Unknown sandbox error\" as an error part, after what was printed")
    void failure() {
        CodeResult result = tool.execute("""
                import json, sys
                print('partial')
                open('/output/early.txt', 'w').write('kept')
                sys.stderr.write('careful\\n')
                json.loads('{')
                """);
        assertFalse(result.isSuccess());
        assertEquals(new Content.Text("partial\n"), result.contents().get(0));
        assertInstanceOf(Content.File.class, result.contents().get(1));
        Content.Failure failure =
                assertInstanceOf(Content.Failure.class, result.contents().getLast());
        assertEquals("Execution error", failure.message());
        assertTrue(failure.details().startsWith("""
                                careful
                                json.decoder.JSONDecodeError at line 5 of your code: json.loads('{')
                                Traceback (most recent call last):
                                """), failure.details());
        assertTrue(failure.details().contains("JSONDecodeError: Expecting property name"), failure.details());
        assertEquals(
                "Execution error: Unknown sandbox error: the code called sys.exit(3) and wrote nothing to stderr.\n",
                tool.execute("import sys; sys.exit(3)").text());
    }

    @Test
    @DisplayName(
            "errors without traceback (a weak spot of the others): a failed tool is shown with its own message, the line"
                    + " of the call and its signature")
    void failedTool() {
        String text = tool.execute("x = 1\ncall_tool('fail')").text();
        assertTrue(text.contains("ToolError at line 2 of your code: call_tool('fail')\n"), text);
        assertTrue(text.contains("Tool 'fail' failed: no such customer\nSignature: fail()"), text);
        String arguments = tool.execute("call_tool('add', a=1)").text();
        assertTrue(arguments.contains("parameter 'b' is missing. Signature: add(a: int, b: int)"), arguments);
    }

    @Test
    @DisplayName("a plain sentence when there was no output: \"Code executed successfully without output.\"; the last"
            + " expression's value is not returned: code must print")
    void noOutput() {
        assertPrints("Code executed successfully without output.\n", "40 + 2");
        assertPrints("Code executed successfully without output.\n", "");
    }

    @Test
    @DisplayName("state: every execute_code starts from the same clean interpreter; only files carry data over")
    void state(@TempDir Path host) throws IOException {
        HyperlightExecuteCodeTool files = HyperlightExecuteCodeTool.builder()
                .config(SandboxConfig.builder().workspace(host).build())
                .build();
        CodeResult first = files.execute("import builtins; builtins.x = 1; y = 2; open('/output/z', 'w').write('3')");
        Content.File carried =
                assertInstanceOf(Content.File.class, first.contents().getFirst());
        carried.file().copyInto(host);
        assertEquals("False False [] 3\n", files.execute("""
                import builtins, os
                print(hasattr(builtins, 'x'), 'y' in globals(), os.listdir('/output'), open('/input/z').read())
                """).text());
    }

    @Test
    @DisplayName("allowed_domains: nothing is reachable without an entry; methods and path of an entry are honoured")
    void allowedDomains() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestURI().getPath().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            String code = """
                    import urllib.request
                    def attempt(request):
                        try: return urllib.request.urlopen(request).read().decode()
                        except Exception as e: return 'refused'
                    print(attempt('%1$s/v1/a'), attempt('%1$s/v2'), attempt(urllib.request.Request('%1$s/v1/a', b'x')))
                    """.formatted(url);
            assertEquals("refused refused refused\n", tool.execute(code).text());
            assertEquals(
                    "/v1/a refused refused\n",
                    HyperlightExecuteCodeTool.builder()
                            .config(SandboxConfig.builder()
                                    .allowedDomain(AllowedDomain.of(url + "/v1", "GET"))
                                    .build())
                            .build()
                            .execute(code)
                            .text());
        } finally {
            server.stop(0);
        }
    }

    @Test
    @DisplayName(
            "output files: at most 20 files, 5 MiB each, 20 MiB in all by default, configurable, more is an error and no"
                    + " partial data; never follows a link")
    void outputFiles() {
        String tooMany = """
                try:
                    for i in range(25): open(f'/output/{i:02}', 'w').write('x')
                except OSError as e: print(i, 'OSError')
                """;
        assertTrue(
                tool.execute(tooMany).text().startsWith("20 OSError\n"),
                () -> tool.execute(tooMany).text());
        String tooLarge = """
                try:
                    with open('/output/large', 'wb') as f: f.write(bytes(5 * 1024 * 1024 + 1))
                except OSError as e: print('OSError')
                """;
        assertTrue(
                tool.execute(tooLarge).text().startsWith("OSError\n"),
                () -> tool.execute(tooLarge).text());
        CodeResult cut = tool.execute("open('/output/whole', 'w').write('x')\n" + tooLarge);
        assertTrue(cut.contents().stream().noneMatch(Content.File.class::isInstance), cut::text);
        assertTrue(
                cut.text().contains("No output files are returned: these did not fit the limits and were cut: large."),
                cut::text);
        HyperlightExecuteCodeTool small = HyperlightExecuteCodeTool.builder()
                .config(SandboxConfig.builder()
                        .limits(Limits.builder().outputFiles(1).build())
                        .build())
                .build();
        assertTrue(small.execute(tooMany).text().startsWith("1 OSError\n"));
        assertPrints("refused\n", """
                import os
                try: os.symlink('/etc/passwd', '/output/link')
                except OSError: print('refused')
                """);
    }

    @Test
    @DisplayName("code at most 10 MiB, one call's arguments at most 1 MiB")
    void sizes() {
        String large = tool.execute("#" + "x".repeat(10 << 20)).text();
        assertTrue(large.startsWith("Not executed: ") && large.contains("10 MiB"), large);
        String arguments =
                tool.execute("call_tool('echo', value='x' * (1024 * 1024))").text();
        assertTrue(arguments.contains("the limit is 1 MiB"), arguments);
    }

    @Test
    @DisplayName(
            "no time limit or cancellation anywhere (a weak spot of the others): an endless loop ends, says so, and the"
                    + " next code runs")
    void timeLimit() {
        HyperlightExecuteCodeTool hasty = HyperlightExecuteCodeTool.builder()
                .config(SandboxConfig.builder()
                        .limits(Limits.builder().wallTime(Duration.ofSeconds(1)).build())
                        .build())
                .build();
        CodeResult result = hasty.execute("print('begun')\nwhile True: pass");
        assertEquals(new Content.Text("begun\n"), result.contents().getFirst());
        assertTrue(result.text().contains("Timed out: the code and its tools took more than 1 s"), result.text());
        assertEquals(
                new Outcome.TimedOut(Duration.ofSeconds(1)),
                result.run().orElseThrow().outcome());
        assertEquals("42\n", hasty.execute("print(42)").text());
    }

    @Test
    @DisplayName("memory that runs out: says so, and the next code runs")
    void memory() {
        CodeResult result = tool.execute("x = 'x' * 1000\nwhile True: x += x");
        assertFalse(result.isSuccess());
        assertTrue(result.text().contains("Out of memory: ") || result.text().contains("MemoryError"), result.text());
        assertPrints("42\n", "print(42)");
    }

    @Test
    @DisplayName(
            "several tool calls at once: call_tools runs Java tools concurrently, results keep their order, and one"
                    + " failure does not lose the others")
    void severalTools() {
        String code = """
                import time
                start = time.monotonic()
                results = call_tools([('slow', {'n': n}) for n in range(10)])
                assert time.monotonic() - start < 1.5, time.monotonic() - start
                print(results)
                mixed = call_tools([('slow', {'n': 1}), ('fail', {}), ('slow', {'n': 3})], return_exceptions=True)
                print(mixed[0], type(mixed[1]).__name__, mixed[2])
                """;
        assertPrints("[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n1 ToolError 3\n", code);
    }

    @Test
    @DisplayName(
            "a run works on its own immutable copy: two runs at once with different configurations don't meet, while the"
                    + " provider is changed")
    void runsDoNotMeet(@TempDir Path host) throws Exception {
        Files.writeString(host.resolve("f"), "file");
        CountDownLatch bothInside = new CountDownLatch(2);
        HyperlightCodeActProvider provider = HyperlightCodeActProvider.builder()
                .config(SandboxConfig.of(List.of(meeting("first", bothInside))))
                .build();
        CodeActRun first = provider.newRun();
        provider.clearTools();
        provider.addTool(meeting("second", bothInside));
        provider.addFileMount(FileMount.of(host, "data"));
        CodeActRun second = provider.newRun();
        String code = """
                import os
                print(call_tool('who'), os.path.exists('/input/data/f'))
                """;
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            Future<String> one =
                    threads.submit(() -> first.executeCode().execute(code).text());
            Future<String> two =
                    threads.submit(() -> second.executeCode().execute(code).text());
            Future<?> changes = threads.submit(() -> {
                for (int i = 0; i < 100; i++) {
                    provider.clearFileMounts();
                    provider.addTool(Tool.of("who", "", () -> "third"));
                    provider.addFileMount(FileMount.of(host, "data"));
                }
            });
            assertEquals("first False\n", one.get(60, TimeUnit.SECONDS));
            assertEquals("second True\n", two.get(60, TimeUnit.SECONDS));
            changes.get(60, TimeUnit.SECONDS);
        }
        assertEquals(
                "third True\n", provider.newRun().executeCode().execute(code).text());
    }

    /** A tool that answers only once both runs are inside theirs. */
    private static Tool meeting(String answer, CountDownLatch bothInside) {
        return Tool.of("who", "", () -> {
            bothInside.countDown();
            return bothInside.await(30, TimeUnit.SECONDS) ? answer : "alone";
        });
    }

    @Test
    @DisplayName("approved code runs, and an executed tool sees what the hook saw")
    void approval() {
        HyperlightExecuteCodeTool guarded = HyperlightExecuteCodeTool.builder()
                .config(SandboxConfig.of(Tools.of(new Shop.Till())))
                .approvalHook(request -> request.code().contains("1000")
                        ? ApprovalDecision.refuse("too much")
                        : ApprovalDecision.approve())
                .build();
        assertEquals(
                "True\n",
                guarded.execute("print(call_tool('refund', amount=1))").text());
        assertTrue(guarded.execute("print(call_tool('refund', amount=1000))")
                .text()
                .contains("too much"));
    }

    @Test
    @DisplayName("what a model passes: numbers as text are read where only that can be meant")
    void argumentsAsText() {
        assertPrints("5\n", "print(call_tool('add', a='2', b=3))");
    }

    @Test
    @DisplayName("printed output beyond its limit is cut, and the cut says so")
    void outputLimit() {
        HyperlightExecuteCodeTool terse = HyperlightExecuteCodeTool.builder()
                .config(SandboxConfig.builder()
                        .limits(Limits.builder().stdout(ByteSize.ofKibibytes(1)).build())
                        .build())
                .build();
        String text = terse.execute("for i in range(1000): print('line', i)").text();
        assertTrue(text.startsWith("line 0\n") && text.length() < 1500, text);
        assertFalse(text.contains("line 999\n"), text);
    }

    @Test
    @DisplayName("what the application itself gets wrong is not the model's to mend")
    void badToolContext() {
        HyperlightExecuteCodeTool tool = HyperlightExecuteCodeTool.builder()
                .config(SandboxConfig.builder()
                        .toolContext(() -> {
                            throw new IllegalArgumentException("no user");
                        })
                        .build())
                .build();
        assertEquals(
                "no user",
                assertThrows(IllegalArgumentException.class, () -> tool.execute("print(1)"))
                        .getMessage());
        CodeResult wrong = HyperlightExecuteCodeTool.builder().build().execute("print(1)\0");
        assertTrue(wrong.text().startsWith("Not executed: The code has a NUL character"), wrong.text());
    }

    private void assertPrints(String expected, String code) {
        assertEquals(expected, tool.execute(code).text());
    }
}
