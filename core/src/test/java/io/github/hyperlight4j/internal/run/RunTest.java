package io.github.hyperlight4j.internal.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.internal.ffi.RunEndedException;
import io.github.hyperlight4j.internal.tool.ParameterSchema;
import io.github.hyperlight4j.internal.tool.ToolAnswer;
import io.github.hyperlight4j.internal.tool.ToolDefinition;
import io.github.hyperlight4j.internal.tool.ToolImplementation;
import io.github.hyperlight4j.internal.tool.ToolRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The host's side of a run, called as the guest calls it. */
@Timeout(30)
class RunTest {

    private final Object sandbox = new Object();

    @Test
    void unknownToolListsThoseThatExist() throws RunEndedException {
        Run run = run(Limits.defaults(), tool("a", _ -> 1), tool("b", _ -> 1));
        assertEquals("!Unknown tool 'x'. Registered tools: a, b.", call(run, "x", "{}"));
        assertEquals("!Unknown tool 'x'. No tools are registered.", call(run(Limits.defaults()), "x", "{}"));
        String endless = "y".repeat(100);
        assertEquals("!Unknown tool '" + endless + "...'. Registered tools: a, b.", call(run, endless + "y", "{}"));
        assertEquals(2, run.toolCalls());
    }

    @Test
    void argumentsBeyondTheirLimitFailTheCall() throws RunEndedException {
        Limits limits = Limits.builder().toolArguments(ByteSize.ofBytes(10)).build();
        Run run = run(limits, tool("a", _ -> 1));
        assertEquals(
                "!Tool 'a': the arguments take 11 bytes as JSON, and the limit is 10 bytes.",
                call(run, "a", "{         }"));
    }

    @Test
    void toolThatHangsIsInterruptedAtTheDeadline() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        Run run = run(lasting(200), tool("hang", _ -> {
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return null;
        }));
        assertThrows(RunEndedException.class, () -> call(run, "hang", "{}"));
        assertInstanceOf(Outcome.TimedOut.class, run.stopped());
        assertTrue(interrupted.await(5, TimeUnit.SECONDS));
    }

    @Test
    @SuppressWarnings("ThreadPriorityCheck")
    void toolThatIgnoresInterruptsIsLeftBehind() {
        CountDownLatch end = new CountDownLatch(1);
        Run run = run(lasting(200), tool("spin", _ -> {
            while (end.getCount() > 0) {
                Thread.yield();
            }
            return null;
        }));
        assertThrows(RunEndedException.class, () -> call(run, "spin", "{}"));
        assertTrue(run.elapsed().compareTo(Duration.ofSeconds(5)) < 0);
        end.countDown();
    }

    @Test
    void stopFromAnotherThreadEndsAToolAndASleep() {
        for (String what : List.of("tool", "sleep")) {
            Run run = run(Limits.defaults(), tool("hang", _ -> {
                Thread.sleep(60_000);
                return null;
            }));
            Thread.ofPlatform().start(() -> {
                sleepQuietly(100);
                run.stop(new Outcome.Cancelled());
            });
            assertThrows(RunEndedException.class, () -> {
                if (what.equals("tool")) {
                    call(run, "hang", "{}");
                } else {
                    run.sleep(Duration.ofHours(1).toNanos());
                }
            });
            assertEquals(new Outcome.Cancelled(), run.stopped());
        }
    }

    @Test
    void interruptOfTheRunningThreadCancelsAndStaysSet() {
        Run run = run(Limits.defaults());
        Thread.currentThread().interrupt();
        assertThrows(RunEndedException.class, () -> run.sleep(1_000_000_000));
        assertEquals(new Outcome.Cancelled(), run.stopped());
        assertTrue(Thread.interrupted());
    }

    @Test
    void firstReasonToStopCounts() {
        Run run = run(Limits.defaults());
        run.stop(new Outcome.Cancelled());
        run.stop(new Outcome.TimedOut(Duration.ofSeconds(1)));
        assertEquals(new Outcome.Cancelled(), run.stopped());
    }

    @Test
    void everyCallEndsOnceTheRunIsOver() {
        Run run = run(Limits.defaults(), tool("a", _ -> 1));
        run.stop(new Outcome.Cancelled());
        assertThrows(RunEndedException.class, () -> call(run, "a", "{}"));
        assertThrows(RunEndedException.class, () -> run.write(1, ByteBuffer.allocate(1)));
        assertThrows(RunEndedException.class, run::realtime);
        assertThrows(RunEndedException.class, run::monotonic);
        assertThrows(RunEndedException.class, () -> run.sleep(0));
        assertThrows(RunEndedException.class, () -> run.entropy(1));
        assertEquals("", run.stdout());
    }

    @Test
    void sleepLastsAsLongAsAskedAndNoLongerThanTheRun() throws RunEndedException {
        Run run = run(Limits.defaults());
        run.sleep(0);
        long start = System.nanoTime();
        run.sleep(50_000_000);
        assertTrue(System.nanoTime() - start >= 50_000_000);
        Run shortRun = run(lasting(50));
        assertThrows(RunEndedException.class, () -> shortRun.sleep(-1)); // Unsigned: 584 years.
    }

    @Test
    void clocksAndEntropyAreTheHosts() throws RunEndedException {
        Run run = run(Limits.defaults());
        long now = TimeUnit.NANOSECONDS.toSeconds(run.realtime());
        assertTrue(Math.abs(now - Instant.now().getEpochSecond()) <= 1);
        long first = run.monotonic();
        assertTrue(first > 0 && run.monotonic() >= first);
        assertEquals(65536, run.entropy(65536).length);
        assertNotEquals(
                HexFormat.of().formatHex(run.entropy(16)), HexFormat.of().formatHex(run.entropy(16)));
    }

    @Test
    void listenerThatThrowsChangesNothing() throws RunEndedException {
        RunListener listener = new RunListener() {
            @Override
            public void onStdout(String text) {
                throw new IllegalStateException("expected by this test");
            }
        };
        Run run = new Run(sandbox, new RunSettings(new ToolRegistry(List.of()), Limits.defaults(), listener));
        run.write(1, ByteBuffer.wrap("a".getBytes(UTF_8)));
        run.write(2, ByteBuffer.wrap("b".getBytes(UTF_8)));
        assertEquals("a", run.stdout());
        assertEquals("b", run.stderr());
    }

    @Test
    void toolKnowsTheSandboxesThatWaitForIt() throws RunEndedException {
        boolean[] inside = new boolean[3];
        Object inner = new Object();
        Run run = run(Limits.defaults(), tool("outer", _ -> {
            inside[0] = ToolScope.isInside(sandbox);
            inside[1] = ToolScope.isInside(inner);
            Run nested = run(inner, Limits.defaults(), tool("inner", __ -> inside[2] = ToolScope.isInside(sandbox)));
            call(nested, "inner", "{}");
            return null;
        }));
        assertEquals("null", call(run, "outer", "{}"));
        assertTrue(inside[0]);
        assertFalse(inside[1]);
        assertTrue(inside[2]);
        assertFalse(ToolScope.isInside(sandbox));
    }

    private Run run(Limits limits, ToolDefinition... tools) {
        return run(sandbox, limits, tools);
    }

    private static Run run(Object sandbox, Limits limits, ToolDefinition... tools) {
        return new Run(sandbox, new RunSettings(new ToolRegistry(List.of(tools)), limits, new RunListener() {}));
    }

    private static Limits lasting(long millis) {
        return Limits.builder().wallTime(Duration.ofMillis(millis)).build();
    }

    private static ToolDefinition tool(String name, ToolImplementation implementation) {
        return new ToolDefinition(name, ParameterSchema.none(), implementation);
    }

    private static String call(Run run, String tool, String arguments) throws RunEndedException {
        ToolAnswer answer = run.callTool(tool, ByteBuffer.wrap(arguments.getBytes(UTF_8)));
        return (answer.failed() ? "!" : "") + new String(answer.utf8(), UTF_8);
    }

    private static void sleepQuietly(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
