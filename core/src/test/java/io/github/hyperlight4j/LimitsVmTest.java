package io.github.hyperlight4j;

import static io.github.hyperlight4j.Programs.output;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.RequiresVm;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each limit ends a run, or fails what was asked for, as it says; what was there until then is kept. */
@RequiresVm
@Timeout(180)
class LimitsVmTest {

    @Test
    void oneToolCallTooManyEndsTheRunWhateverTheProgramCatches() {
        Limits limits = Limits.builder().toolCalls(3).build();
        Tool tool = Tool.of("t", "", () -> 1);
        try (Sandbox sandbox =
                Sandbox.of(SandboxConfig.builder().limits(limits).tool(tool).build())) {
            RunResult result = sandbox.run("""
                    n = 0
                    while True:
                        try:
                            call_tool('t')
                            n += 1
                            print(n)
                        except BaseException:
                            print('caught')
                    """);
            assertEquals(new Outcome.ToolCallLimit(3), result.outcome());
            assertEquals("1\n2\n3\n", result.stdout());
            assertEquals(3, result.counts().toolCalls());
            assertEquals("next\n", output(sandbox, "print('next')"));
        }
    }

    @Test
    void outputBeyondItsLimitEndsTheRunWhereThatIsAskedFor() {
        Limits limits = Limits.builder()
                .stdout(ByteSize.ofBytes(10))
                .outputOverflow(OutputOverflow.STOP)
                .build();
        try (Sandbox sandbox = Sandbox.of(SandboxConfig.builder().limits(limits).build())) {
            RunResult result = sandbox.run("while True: print('x' * 6)");
            assertEquals(new Outcome.OutputLimit(Outcome.OutputStream.STDOUT, ByteSize.ofBytes(10)), result.outcome());
            assertEquals("xxxxxx\nxxx\n[output cut: the limit is 10 bytes]\n", result.stdout());
            assertEquals("next\n", output(sandbox, "print('next')"));
        }
    }

    @Test
    void aSmallerMemoryLimitIsTheRunsOwn() {
        Limits small = Limits.builder().memory(ByteSize.ofMebibytes(96)).build();
        SandboxConfig config = SandboxConfig.builder().limits(small).build();
        try (Sandbox sandbox = Sandbox.builder().build()) {
            String takesMore = "x = bytearray(100 << 20)\nprint('there')";
            assertInstanceOf(
                    Outcome.OutOfMemory.class, sandbox.run(takesMore, config).outcome());
            assertEquals("there\n", output(sandbox, takesMore));
            assertEquals(
                    "there\n",
                    sandbox.run(takesMore.replace("100", "30"), config).stdout());
        }
    }

    @Test
    void memoryThatRunsOutIsOutOfMemoryAndSaysWhere() {
        try (Sandbox sandbox = Sandbox.builder().build()) {
            RunResult result = sandbox.run("print('before')\nx = 'a'\nwhile True:\n    x += x\n");
            Outcome.OutOfMemory outcome = assertInstanceOf(Outcome.OutOfMemory.class, result.outcome());
            assertTrue(outcome.traceback().contains("line 4"), outcome.traceback());
            assertEquals("before\n", result.stdout());
            assertEquals(
                    "caught\n", output(sandbox, "try:\n    x = [0] * 10**9\nexcept MemoryError:\n    print('caught')"));
        }
    }

    @Test
    void listenerThatHangsDelaysTheResultToTheDeadlineAtMost() {
        CountDownLatch end = new CountDownLatch(1);
        RunListener listener = new RunListener() {
            @Override
            public void onStdout(String text) {
                try {
                    end.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        };
        Limits limits = Limits.builder().wallTime(Duration.ofSeconds(3)).build();
        try (Sandbox sandbox = Sandbox.of(
                SandboxConfig.builder().limits(limits).listener(listener).build())) {
            long start = System.nanoTime();
            RunResult result = sandbox.run("for i in range(1000): print(i)");
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertEquals(new Outcome.Completed(0), result.outcome());
            assertEquals(1000, result.stdout().lines().count());
            assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, took::toString);
            assertTrue(result.duration().compareTo(took) < 0);
        } finally {
            end.countDown();
        }
    }

    @Test
    void countsAreWhatCrossedTheBoundary() {
        Tool tool = Tool.of("t", "", () -> "result");
        try (Sandbox sandbox = Sandbox.of(SandboxConfig.builder().tool(tool).build())) {
            RunCounts counts = sandbox.run("print('x' * 99)\ncall_tool('t')").counts();
            assertEquals(1, counts.toolCalls());
            assertTrue(counts.hostCalls() >= 2, counts::toString);
            assertEquals(ByteSize.ofBytes(100 + 2), counts.bytesFromGuest());
            assertTrue(counts.bytesToGuest().bytes() >= 8, counts::toString);
        }
    }
}
