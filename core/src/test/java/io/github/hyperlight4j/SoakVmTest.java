package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.ChildJvm;
import io.github.hyperlight4j.testing.RequiresVm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs of all kinds, hostile ones included, one after the other and at once: the process holds as much after them as before.
 * {@code scripts/soak} makes it a long one.
 */
@RequiresVm
class SoakVmTest {

    private static final int RUNS = Integer.getInteger("hyperlight4j.soak.runs", 160);
    private static final int WARM_UP = 48;
    private static final int CALLERS = 3;

    /** Less than a sandbox for each tenth run; more than what a collector may retain. */
    private static final long GROWTH_KIB = 64 << 10;

    private static final long HEAP_GROWTH_KIB = 16 << 10;

    private static final Tool ECHO = Tool.builder("echo")
            .parameters("{\"type\": \"object\", \"properties\": {\"x\": {}}}")
            .handler(arguments -> arguments.toMap().get("x"))
            .build();

    private static final Tool HANG = Tool.builder("hang")
            .handler(arguments -> {
                Thread.sleep(Long.MAX_VALUE);
                return null;
            })
            .build();

    private static final List<String> HOSTILE = List.of(
            // Names that differ in each call, direct and nested in a text.
            """
            import json, os
            for make in (lambda name: {name: 1}, lambda name: {'x': json.dumps({name: 1})}):
                try: call_tool('echo', **make(os.urandom(250_000).hex()))
                except Exception as e: print(len(str(e)))
            """,
            // Many wrong values below one long name, and many small values.
            """
            for x in ({'n' * 900_000: [[]] * 5000}, [{}] * 200_000, {str(i): i for i in range(50_000)}):
                try: call_tool('echo', x=x)
                except Exception as e: print(len(str(e)))
            """,
            // More output than may be kept.
            """
            import sys
            for stream in (sys.stdout, sys.stderr):
                try:
                    for _ in range(400): stream.write('z' * 9_999 + chr(10))
                except Exception as e: print(type(e))
            """,
            // Files beyond what is kept in memory, more of them than allowed, and never closed.
            """
            kept = []
            for i in range(30):
                for place in ('/output', '/tmp'):
                    try:
                        kept.append(open(f'{place}/{i}', 'wb'))
                        kept[-1].write(b'f' * (1_000_000 if i < 12 else 10))
                    except OSError as e: print(e.errno, end=' ')
            """,
            // Exit codes and exceptions of the program's choice.
            "raise SystemExit(256)",
            "class E(Exception): pass\nE.__name__ = 'T' * 500_000\nraise E('m' * 2_000_000)",
            // Calls at once, of tools that there are not, and more than are allowed.
            """
            calls = [('echo', {'x': i}) for i in range(200)] + [('no-such-tool' * 999, {})] * 20
            try: print(len(call_tools(calls)))
            except Exception as e: print(type(e))
            """,
            // A host that is not allowed.
            """
            import urllib.request
            for url in ('http://169.254.169.254/', 'http://127.0.0.1:1/' + 'p' * 9_000):
                try: urllib.request.urlopen(url)
                except Exception as e: print(type(e))
            """);

    private static final SandboxConfig CONFIG = config(Duration.ofSeconds(60));
    private static final SandboxConfig BRIEF = config(Duration.ofMillis(400));

    /** What the process holds; sizes in KiB. */
    private record Holdings(long heap, long anonymous, long resident, long files, long threads, long temporary) {
        static Holdings now() throws IOException {
            System.gc();
            System.gc();
            return new Holdings(
                    (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 10,
                    status("RssAnon"),
                    status("VmRSS"),
                    entries(Path.of("/proc/self/fd")),
                    status("Threads"),
                    entries(Path.of(System.getProperty("java.io.tmpdir"))));
        }

        private static long entries(Path directory) throws IOException {
            try (Stream<Path> entries = Files.list(directory)) {
                return entries.count();
            }
        }

        private static long status(String name) throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        }

        static String table(Holdings before, Holdings after) {
            return String.format("%-28s %10s %10s%n", "", "before", "after")
                    + row("heap in use, KiB", before.heap, after.heap)
                    + row("anonymous memory, KiB", before.anonymous, after.anonymous)
                    + row("resident memory, KiB", before.resident, after.resident)
                    + row("open descriptors", before.files, after.files)
                    + row("threads", before.threads, after.threads)
                    + row("entries of /tmp", before.temporary, after.temporary);
        }

        private static String row(String name, long before, long after) {
            return String.format("%-28s %10d %10d%n", name, before, after);
        }
    }

    /** In a JVM whose heap is all there from the beginning: otherwise the memory of a larger one would pass for the sandboxes'. */
    @Test
    void nothingGrows() throws Exception {
        assertEquals(
                List.of("flat"),
                ChildJvm.run(
                        Soak.class,
                        List.of(
                                "-Xms512m",
                                "-Xmx512m",
                                "-XX:+AlwaysPreTouch",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED"),
                        List.of(Integer.toString(RUNS))));
    }

    /** The process that is to hold no more after the runs than before. */
    static final class Soak {

        public static void main(String[] args) throws Exception {
            int runs = Integer.parseInt(args[0]);
            try (SandboxPool pool =
                            SandboxPool.builder().min(CALLERS).max(CALLERS).build();
                    ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
                runAll(pool, callers, WARM_UP);
                Holdings before = Holdings.now();
                runAll(pool, callers, runs);
                Holdings after = Holdings.now();
                String change = "after " + runs + " runs, " + pool.stats() + ":\n" + Holdings.table(before, after);
                System.err.println("soak " + change);
                assertTrue(after.heap - before.heap < HEAP_GROWTH_KIB, change);
                assertTrue(after.anonymous - before.anonymous < GROWTH_KIB, change);
                assertTrue(after.files - before.files <= 4, change);
                assertTrue(after.threads - before.threads <= 8, change);
                assertTrue(after.temporary - before.temporary <= 4, change);
                assertTrue(pool.stats().size() <= CALLERS, change);
            }
            System.out.println("flat");
        }
    }

    private static void runAll(SandboxPool pool, ExecutorService callers, int runs) throws Exception {
        List<Future<?>> results = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            int kind = i % (8 + HOSTILE.size());
            results.add(callers.submit(() -> {
                if (kind < 8) {
                    runOne(pool, kind);
                } else {
                    runHostile(pool, HOSTILE.get(kind - 8));
                }
                return null;
            }));
            // Results are not kept: a long soak holds no more than a short one.
            if (results.size() == 1000 || i == runs - 1) {
                for (Future<?> result : results) {
                    result.get();
                }
                results.clear();
            }
        }
    }

    private static void runOne(SandboxPool pool, int kind) throws InterruptedException {
        switch (kind) {
            case 0 ->
                assertEquals("45\n", pool.run("print(sum(range(10)))", CONFIG).stdout());
            case 1 -> assertEnds(Outcome.PythonError.class, pool.run("print('x' * 10000); 1 / 0", CONFIG));
            case 2 -> assertEnds(Outcome.TimedOut.class, pool.run("while True: pass", BRIEF));
            case 3 -> assertEnds(Outcome.TimedOut.class, pool.run("call_tool('hang')", BRIEF));
            case 4 -> {
                String storm = "for i in range(50): assert call_tool('echo', x=['y' * i]) == ['y' * i]\nprint(i)";
                assertEquals("49\n", pool.run(storm, CONFIG).stdout());
            }
            case 5 -> {
                RunResult result = pool.run("x = b'x' * (100 << 20)\nwhile True: x += x", CONFIG);
                assertTrue(!result.isSuccess() && !(result.outcome() instanceof Outcome.Crashed), result::toString);
            }
            case 6 -> {
                try (Sandbox sandbox = pool.acquire()) {
                    Thread caller = Thread.currentThread();
                    Thread interrupter = Thread.startVirtualThread(caller::interrupt);
                    RunResult result = sandbox.run("while True: pass", CONFIG);
                    boolean _ = Thread.interrupted();
                    interrupter.join();
                    assertEnds(Outcome.Cancelled.class, result);
                }
            }
            default -> {
                assertEnds(Outcome.Crashed.class, pool.run("import os; os.abort()", CONFIG));
            }
        }
    }

    /** A program that may end in any way that is the program's, and never with an exception about the host. */
    private static void runHostile(SandboxPool pool, String code) throws InterruptedException {
        RunResult result = pool.run(code, CONFIG);
        // The limit, and the mark behind what was cut.
        assertTrue(
                result.stdout().length() <= (1 << 20) + 200,
                () -> result.stdout().length() + " characters");
        result.outputFiles().forEach(OutputFile::close);
    }

    private static void assertEnds(Class<? extends Outcome> expected, RunResult result) {
        assertInstanceOf(expected, result.outcome(), result::toString);
    }

    private static SandboxConfig config(Duration wallTime) {
        return SandboxConfig.builder()
                .tool(ECHO)
                .tool(HANG)
                .limits(Programs.lasting(wallTime))
                .build();
    }
}
