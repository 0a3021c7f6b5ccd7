package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
 * Runs of all kinds, one after the other and at once: nothing grows. {@code -Dhyperlight4j.soak.runs=5000} makes it a long
 * one.
 */
@RequiresVm
class SoakVmTest {

    private static final int RUNS = Integer.getInteger("hyperlight4j.soak.runs", 112);
    private static final int WARM_UP = 32;
    private static final int CALLERS = 3;

    /** Less than if one run in ten left a sandbox behind; more than what a collector leaves here or there. */
    private static final long GROWTH_KIB = 64 << 10;

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

    private static final SandboxConfig CONFIG = config(Duration.ofSeconds(60));
    private static final SandboxConfig BRIEF = config(Duration.ofMillis(400));

    /** What a process holds. */
    private record Holdings(long residentKib, long files, long threads) {
        static Holdings now() throws IOException {
            System.gc();
            long files;
            try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                files = open.count();
            }
            return new Holdings(status("RssAnon"), files, status("Threads"));
        }

        private static long status(String name) throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void nothingGrows() throws Exception {
        try (SandboxPool pool = SandboxPool.builder().min(CALLERS).max(CALLERS).build();
                ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            runAll(pool, callers, WARM_UP);
            Holdings before = Holdings.now();
            runAll(pool, callers, RUNS);
            Holdings after = Holdings.now();
            String change = before + " -> " + after + ", " + pool.stats();
            System.out.println("soak of " + RUNS + " runs: " + change);
            assertTrue(after.residentKib - before.residentKib < GROWTH_KIB, change);
            assertTrue(after.files - before.files <= 4, change);
            assertTrue(after.threads - before.threads <= 8, change);
            assertTrue(pool.stats().size() <= CALLERS, change);
        }
    }

    private static void runAll(SandboxPool pool, ExecutorService callers, int runs) throws Exception {
        List<Future<?>> results = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            int kind = i;
            results.add(callers.submit(() -> {
                runOne(pool, kind);
                return null;
            }));
        }
        for (Future<?> result : results) {
            result.get();
        }
    }

    private static void runOne(SandboxPool pool, int kind) throws InterruptedException {
        switch (kind % 8) {
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
                String crash = "x = []\nfor _ in range(100000): x = [x]\nimport json; json.dumps(x)";
                Outcome outcome = pool.run(crash, CONFIG).outcome();
                assertTrue(
                        outcome instanceof Outcome.Crashed || outcome instanceof Outcome.PythonError,
                        outcome::toString);
            }
        }
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
