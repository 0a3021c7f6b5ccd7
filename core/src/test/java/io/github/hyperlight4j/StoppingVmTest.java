package io.github.hyperlight4j;

import static io.github.hyperlight4j.Programs.lasting;
import static io.github.hyperlight4j.Programs.output;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.RequiresVm;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a program or tool does, a run ends when it is to end, and the next one works. */
@RequiresVm
@Timeout(180)
class StoppingVmTest {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    /** An emulated machine is slow. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while True: pass",
                """
                while True:
                    try:
                        while True: pass
                    except BaseException: continue
                """,
                "import re; re.match(r'(a+)+$', 'a' * 60 + 'b')",
                "10 ** 10 ** 8",
                "import time; time.sleep(1000)",
                "while True: print('x' * 1000)",
                """
                while True:
                    try: call_tool('nothing')
                    except BaseException: pass
                """,
                "call_tool('hang')",
                "call_tool('spin')"
            })
    void deadlineEndsEveryKindOfProgram(String code) {
        CountDownLatch end = new CountDownLatch(1);
        try (Sandbox sandbox = Sandbox.of(SandboxConfig.builder()
                .limits(lasting(LIMIT))
                .tool(Tool.of("nothing", "", () -> null))
                .tool(Tool.of("hang", "", () -> {
                    Thread.sleep(600_000);
                    return null;
                }))
                .tool(Tool.of("spin", "", () -> {
                    while (end.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    return null;
                }))
                .build())) {
            RunResult result = sandbox.run("print('begun')\n" + code);
            end.countDown();
            assertEquals(new Outcome.TimedOut(LIMIT), result.outcome());
            assertTrue(result.stdout().startsWith("begun\n"), result.stdout());
            assertTrue(result.duration().compareTo(LIMIT.plus(GRACE)) < 0, () -> "took " + result.duration());
            assertEquals("next\n", output(sandbox, "print('next')"));
        } finally {
            end.countDown();
        }
    }

    @Test
    void outputBeyondItsLimitIsCutWithAMark() {
        Limits limits = Limits.builder().stdout(ByteSize.ofBytes(10)).build();
        try (Sandbox sandbox = Sandbox.of(SandboxConfig.builder().limits(limits).build())) {
            RunResult result = sandbox.run("import sys\nprint('x' * 100)\nprint('kept', file=sys.stderr)");
            assertEquals("xxxxxxxxxx\n[output cut: the limit is 10 bytes]\n", result.stdout());
            assertEquals("kept\n", result.stderr());
        }
    }

    @Test
    void listenerHearsOutputWhileTheProgramRuns() throws InterruptedException, ExecutionException {
        CountDownLatch heard = new CountDownLatch(1);
        RunListener listener = new RunListener() {
            @Override
            public void onStdout(String text) {
                heard.countDown();
            }
        };
        try (Sandbox sandbox =
                Sandbox.of(SandboxConfig.builder().listener(listener).build())) {
            FutureTask<RunResult> run = start(sandbox, "print('a')\nwhile True: pass");
            assertTrue(heard.await(20, TimeUnit.SECONDS));
            sandbox.cancel();
            assertEquals(new Outcome.Cancelled(), run.get().outcome());
            assertEquals("a\n", run.get().stdout());
        }
    }

    @Test
    void interruptOfTheJavaThreadCancels() throws InterruptedException, ExecutionException {
        CountDownLatch begun = new CountDownLatch(1);
        try (Sandbox sandbox = sandbox(begun)) {
            FutureTask<Boolean> stillInterrupted = new FutureTask<>(() -> {
                RunResult result = sandbox.run("call_tool('begun')\nwhile True: pass");
                assertEquals(new Outcome.Cancelled(), result.outcome());
                return Thread.currentThread().isInterrupted();
            });
            Thread thread = Thread.ofPlatform().start(stillInterrupted);
            begun.await();
            thread.interrupt();
            assertTrue(stillInterrupted.get());
            assertEquals("next\n", output(sandbox, "print('next')"));
        }
    }

    @Test
    void interruptOfAVirtualThreadCancelsToo() throws InterruptedException, ExecutionException {
        CountDownLatch begun = new CountDownLatch(1);
        try (Sandbox sandbox = sandbox(begun)) {
            FutureTask<RunResult> run = new FutureTask<>(() -> sandbox.run("call_tool('begun')\nwhile True: pass"));
            Thread thread = Thread.ofVirtual().start(run);
            begun.await();
            thread.interrupt();
            assertEquals(new Outcome.Cancelled(), run.get().outcome());
        }
    }

    @Test
    void closeDuringARunCancelsItWaitsAndFreesOnce() throws InterruptedException, ExecutionException {
        CountDownLatch begun = new CountDownLatch(1);
        Sandbox sandbox = sandbox(begun);
        FutureTask<RunResult> run = start(sandbox, "print('a')\ncall_tool('begun')\nwhile True: pass");
        begun.await();
        sandbox.close();
        assertEquals(new Outcome.Cancelled(), run.get().outcome());
        assertEquals("a\n", run.get().stdout());
        sandbox.close();
        assertEquals(
                "The sandbox is closed",
                assertThrows(IllegalStateException.class, () -> sandbox.run("")).getMessage());
    }

    @Test
    void closeByAToolOrAListenerOfTheRunDoesNotHang() {
        for (String code : new String[] {"call_tool('close')", "print('close')"}) {
            Sandbox[] sandbox = new Sandbox[1];
            sandbox[0] = Sandbox.of(SandboxConfig.builder()
                    .tool(Tool.of("close", "", () -> {
                        sandbox[0].close();
                        return null;
                    }))
                    .listener(new RunListener() {
                        @Override
                        public void onStdout(String text) {
                            sandbox[0].close();
                        }
                    })
                    .build());
            assertEquals(
                    new Outcome.Cancelled(),
                    sandbox[0].run(code + "\nwhile True: pass").outcome());
            assertThrows(IllegalStateException.class, () -> sandbox[0].run(""));
        }
    }

    @Test
    void runFromInsideAToolOrAListenerIsRefused() {
        Sandbox[] sandbox = new Sandbox[1];
        RuntimeException[] inListener = new RuntimeException[1];
        sandbox[0] = Sandbox.of(SandboxConfig.builder()
                .tool(Tool.of("again", "", () -> sandbox[0].run("").stdout()))
                .listener(new RunListener() {
                    @Override
                    public void onStdout(String text) {
                        inListener[0] = assertThrows(IllegalStateException.class, () -> sandbox[0].run(""));
                    }
                })
                .build());
        try (Sandbox _ = sandbox[0]) {
            RunResult result = sandbox[0].run("print('a')\ncall_tool('again')");
            String message = assertInstanceOf(Outcome.PythonError.class, result.outcome())
                    .message();
            assertTrue(message.startsWith("Tool 'again' failed: A sandbox cannot run a program from inside"), message);
            assertInstanceOf(IllegalStateException.class, inListener[0]);
        }
    }

    @Test
    void toolThatAnEndedRunLeftBehindIsNotInsideTheNextRun() throws InterruptedException, ExecutionException {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<?> nextBegun = new CompletableFuture<>();
        Sandbox[] sandbox = new Sandbox[1];
        FutureTask<String> late = new FutureTask<>(() -> output(sandbox[0], "print('late')"));
        sandbox[0] = Sandbox.of(SandboxConfig.builder()
                .limits(lasting(Duration.ofMinutes(2)))
                .tool(Tool.of("stay", "", () -> {
                    begun.countDown();
                    nextBegun.join(); // Whatever interrupts it.
                    assertTrue(Thread.interrupted());
                    late.run();
                    return null;
                }))
                .tool(Tool.of("next", "", () -> {
                    nextBegun.complete(null);
                    return null;
                }))
                .build());
        try (Sandbox _ = sandbox[0]) {
            FutureTask<RunResult> ended = start(sandbox[0], "call_tool('stay')");
            begun.await();
            sandbox[0].cancel();
            assertEquals(new Outcome.Cancelled(), ended.get().outcome());
            assertEquals(
                    "next\n", output(sandbox[0], "call_tool('next')\nimport time\ntime.sleep(0.5)\nprint('next')"));
            assertEquals("late\n", late.get());
        }
    }

    @Test
    void aToolMayRunAnotherSandbox() {
        try (Sandbox inner = Sandbox.builder().build();
                Sandbox outer = Sandbox.of(SandboxConfig.builder()
                        .tool(Tool.of(
                                "inner", "", () -> inner.run("print(6 * 7)").stdout()))
                        .build())) {
            assertEquals("42\n\n", output(outer, "print(call_tool('inner'))"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
                "eval('(' * 100_000 + ')' * 100_000)",
                "x = 'a'\nwhile True: x += x",
                "x = [0] * 10**9",
                "x = []\nwhile True: x.append(bytearray(10**6))"
            })
    void whateverAProgramDoesToItsMemoryTheNextRunWorks(String code) {
        try (Sandbox sandbox = Sandbox.of(
                SandboxConfig.builder().limits(lasting(Duration.ofMinutes(1))).build())) {
            RunResult result = sandbox.run("print('before')\n" + code);
            assertEquals("before\n", result.stdout());
            assertEquals("next\n", output(sandbox, "print('next')"), result::toString);
        }
    }

    @Test
    void crashKeepsWhatWasPrintedAndTheNextRunWorks() {
        try (Sandbox sandbox = Sandbox.builder().build()) {
            RunResult result = sandbox.run("print('before')\nimport os; os.abort()");
            assertInstanceOf(Outcome.Crashed.class, result.outcome());
            assertEquals("before\n", result.stdout());
            assertEquals("next\n", output(sandbox, "print('next')"));
        }
    }

    private static Sandbox sandbox(CountDownLatch begun) {
        return Sandbox.of(SandboxConfig.builder()
                .limits(lasting(Duration.ofMinutes(2)))
                .tool(Tool.of("begun", "", () -> {
                    begun.countDown();
                    return null;
                }))
                .build());
    }

    private static FutureTask<RunResult> start(Sandbox sandbox, String code) {
        FutureTask<RunResult> run = new FutureTask<>(() -> sandbox.run(code));
        Thread.ofPlatform().start(run);
        return run;
    }
}
