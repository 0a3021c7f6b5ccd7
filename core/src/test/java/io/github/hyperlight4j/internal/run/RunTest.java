package io.github.hyperlight4j.internal.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.OutputOverflow;
import io.github.hyperlight4j.RunCounts;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import io.github.hyperlight4j.internal.guest.GuestHttp;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.GuestOutcome;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import io.github.hyperlight4j.internal.guest.ToolAnswer;
import io.github.hyperlight4j.internal.json.Unicode;
import io.github.hyperlight4j.internal.tool.ParameterSchema;
import io.github.hyperlight4j.internal.tool.ToolDefinition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The host's side of a run, called as the guest calls it. */
@Timeout(30)
class RunTest {

    @Test
    void unknownToolListsThoseThatExist() throws RunEndedException {
        Run run = run(Limits.defaults(), tool("a", _ -> 1), tool("b", _ -> 1));
        assertEquals("!Unknown tool 'x'. Registered tools: a, b.", call(run, "x", "{}"));
        assertEquals("!Unknown tool 'x'. No tools are registered.", call(run(Limits.defaults()), "x", "{}"));
        String endless = "y".repeat(100);
        assertEquals("!Unknown tool '" + endless + "...'. Registered tools: a, b.", call(run, endless + "y", "{}"));
        RunCounts counts = run.finish(new Outcome.Completed(0)).counts();
        assertEquals(2, counts.toolCalls());
        assertEquals(2, counts.hostCalls());
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
    void toolThatIgnoresInterruptsIsAbandoned() {
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

    /** Otherwise one tenant's tool that hangs would, run after run, take all threads that the process can have. */
    @Test
    void configurationWithTooManyAbandonedToolsCallsNoFurtherOneAndOthersDo() throws Exception {
        CompletableFuture<?> end = new CompletableFuture<>();
        ToolThreads threads = new ToolThreads();
        abandon(threads, 250, end);
        Run run = new Run(Settings.of(threads, Limits.defaults(), tool("a", _ -> 1)));
        String refusal =
                "!Tool 'a' failed: 250 tools of ended runs of this configuration go on, since they ignore interrupts:"
                        + " no further one is called until some of them return";
        assertEquals(refusal, call(run, "a", "{}"));
        run.beginTool("a", ByteBuffer.wrap("{}".getBytes(UTF_8)));
        assertEquals(refusal, text(run.nextTool(0).answer()));
        Run derived = new Run(Settings.of(threads.derive(), Limits.defaults(), tool("a", _ -> 1)));
        assertEquals(refusal, call(derived, "a", "{}"));
        assertEquals("1", call(run(Limits.defaults(), tool("a", _ -> 1)), "a", "{}"));
        end.complete(null);
        while (call(run, "a", "{}").startsWith("!")) {
            Thread.sleep(1);
        }
        assertEquals("1", call(run, "a", "{}"));
    }

    /** Of many configurations, that is: each counts up to its own bound. */
    @Test
    void noToolIsCalledWhileTooManyAreAbandonedInTheProcess() throws Exception {
        CompletableFuture<?> end = new CompletableFuture<>();
        int configurations = Math.ceilDiv(ToolThreads.MOST_ABANDONED_IN_PROCESS, ToolThreads.MOST_ABANDONED);
        for (int i = 0; i < configurations; i++) {
            abandon(new ToolThreads(), ToolThreads.MOST_ABANDONED + 6, end);
        }
        Run run = run(Limits.defaults(), tool("a", _ -> 1));
        String refusal =
                "!Tool 'a' failed: 1000 tools of ended runs go on in this process, since they ignore interrupts:"
                        + " no further one is called until some of them return";
        assertEquals(refusal, call(run, "a", "{}"));
        run.beginTool("a", ByteBuffer.wrap("{}".getBytes(UTF_8)));
        assertEquals(refusal, text(run.nextTool(0).answer()));
        end.complete(null);
        while (call(run, "a", "{}").equals(refusal)) {
            Thread.sleep(1);
        }
        assertEquals("1", call(run, "a", "{}"));
    }

    private static void abandon(ToolThreads threads, int count, CompletableFuture<?> end) throws Exception {
        CountDownLatch begun = new CountDownLatch(count);
        Limits limits = Limits.builder().concurrentTools(250).build();
        Run run = new Run(Settings.of(threads, limits, tool("stay", _ -> {
            begun.countDown();
            return end.join(); // Ignores interrupts.
        })));
        for (int i = 0; i < count; i++) {
            run.beginTool("stay", ByteBuffer.wrap("{}".getBytes(UTF_8)));
        }
        begun.await();
        run.finish(new Outcome.Completed(0));
    }

    /** The application's own pattern is compared with the program's text, as long as that takes. */
    @Test
    void patternThatBacktracksWithoutEndIsAbandonedAtTheDeadline() {
        ParameterSchema schema = ParameterSchema.of("""
                {"type": "object", "properties": {"text": {"type": "string", "pattern": "^(a*)*\\\\1b$"}}}""");
        Run run = run(lasting(200), new ToolDefinition("match", schema, _ -> 1));
        assertThrows(RunEndedException.class, () -> call(run, "match", "{\"text\": \"" + "a".repeat(26) + "\"}"));
        assertInstanceOf(Outcome.TimedOut.class, run.stopped());
        assertTrue(run.elapsed().compareTo(Duration.ofSeconds(2)) < 0, () -> "took " + run.elapsed());
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
        assertThrows(RunEndedException.class, () -> run.beginTool("a", ByteBuffer.allocate(0)));
        assertThrows(RunEndedException.class, () -> run.nextTool(0));
        assertThrows(RunEndedException.class, () -> run.write(1, ByteBuffer.allocate(1)));
        assertThrows(RunEndedException.class, run::realtime);
        assertThrows(RunEndedException.class, run::monotonic);
        assertThrows(RunEndedException.class, () -> run.sleep(0));
        assertThrows(RunEndedException.class, () -> run.entropy(1));
        assertThrows(RunEndedException.class, run::files);
        assertThrows(RunEndedException.class, run::http);
        assertEquals("", run.finish(new Outcome.Cancelled()).stdout());
    }

    @Test
    void oneToolCallMoreThanAllowedEndsTheRun() throws RunEndedException {
        Run run = run(Limits.builder().toolCalls(2).build(), tool("a", _ -> 1));
        assertEquals("1", call(run, "a", "{}"));
        run.beginTool("a", ByteBuffer.wrap("{}".getBytes(UTF_8)));
        assertThrows(RunEndedException.class, () -> call(run, "a", "{}"));
        assertEquals(new Outcome.ToolCallLimit(2), run.stopped());
    }

    @Test
    void outputBeyondItsLimitEndsTheRunWhereThatIsAskedFor() throws RunEndedException {
        Limits.Builder limits = Limits.builder().stderr(ByteSize.ofBytes(3));
        Run cut = run(limits.build());
        cut.write(2, ByteBuffer.wrap("abcd".getBytes(UTF_8)));
        assertNull(cut.stopped());
        Run stopped = run(limits.outputOverflow(OutputOverflow.STOP).build());
        stopped.write(2, ByteBuffer.wrap("abc".getBytes(UTF_8)));
        assertThrows(RunEndedException.class, () -> stopped.write(2, ByteBuffer.wrap("d".getBytes(UTF_8))));
        assertEquals(new Outcome.OutputLimit(Outcome.OutputStream.STDERR, ByteSize.ofBytes(3)), stopped.stopped());
        assertEquals(
                "abc\n[output cut: the limit is 3 bytes]\n",
                stopped.finish(new Outcome.Cancelled()).stderr());
    }

    @Test
    void filesInOutputComeBackHoweverTheRunEnded() throws RunEndedException, GuestFileException {
        Run run = run(Limits.defaults());
        GuestFiles files = run.files();
        int handle = files.open("/output/b.txt", GuestFiles.OPEN_WRITE | GuestFiles.OPEN_CREATE)
                .handle();
        files.write(handle, 0, ByteBuffer.wrap("abc".getBytes(UTF_8)));
        run.stop(new Outcome.Cancelled());
        FinishedRun finished = run.finish(new Outcome.Cancelled());
        assertEquals(1, finished.outputFiles().size());
        assertEquals(3, finished.outputFiles().getFirst().size());
        assertThrows(RunEndedException.class, () -> files.stat("/output", true));
    }

    @Test
    void requestThatIsNotAllowedIsRefusedWithoutAnyNetwork() throws RunEndedException {
        Run run = run(Limits.defaults());
        GuestHttp http = run.http();
        String message = assertThrows(GuestHttpException.class, () -> http.request("GET", "http://example.com/", ""))
                .getMessage();
        assertEquals("This sandbox has no network: no host is allowed", message);
    }

    @Test
    void memoryErrorIsOutOfMemoryAndKeepsItsTraceback() {
        Run run = run(Limits.defaults());
        assertEquals(
                new Outcome.OutOfMemory("The program needed more memory than there is", "trace"),
                run.outcome(new GuestOutcome(1, "MemoryError", "", "trace")));
        assertEquals(new Outcome.Completed(3), run.outcome(new GuestOutcome(3, "", "", "")));
        assertInstanceOf(Outcome.PythonError.class, run.outcome(new GuestOutcome(1, "ValueError", "", "")));
    }

    /** A guest that was taken over chooses all of it. */
    @Test
    void outcomeOfAGuestIsBounded() {
        Run run = run(Limits.defaults());
        for (int code : new int[] {256, -1, 512, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            Outcome.Completed completed =
                    assertInstanceOf(Outcome.Completed.class, run.outcome(new GuestOutcome(code, "", "", "")));
            assertTrue(completed.exitCode() > 0 && completed.exitCode() <= 255, completed::toString);
        }
        String endless = "é😀".repeat(1 << 20);
        Outcome.PythonError error = assertInstanceOf(
                Outcome.PythonError.class, run.outcome(new GuestOutcome(0, endless, endless, endless)));
        assertTrue(error.type().length() < 1100, () -> "" + error.type().length());
        assertTrue(error.message().length() < 67_000, () -> "" + error.message().length());
        assertTrue(
                error.traceback().length() < 264_000,
                () -> "" + error.traceback().length());
        for (String text : List.of(error.type(), error.message(), error.traceback())) {
            assertTrue(text.contains(" characters cut ...]"));
            assertEquals(-1, Unicode.loneSurrogate(text));
        }
        Outcome.OutOfMemory memory = assertInstanceOf(
                Outcome.OutOfMemory.class, run.outcome(new GuestOutcome(0, "MemoryError", endless, endless)));
        assertTrue(memory.traceback().length() < 264_000);
    }

    @Test
    void contextThatDoesNotRunTheToolFailsTheCall() throws RunEndedException {
        for (UnaryOperator<Runnable> broken : List.<UnaryOperator<Runnable>>of(_ -> () -> {}, _ -> {
            throw new IllegalStateException("no context");
        })) {
            Run run = new Run(Settings.of(Limits.defaults(), RunListener.none(), broken, tool("a", _ -> 1)));
            assertTrue(call(run, "a", "{}").startsWith("!Tool 'a' failed: "));
        }
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
    void toolKnowsTheRunsThatWaitForItAndNoOthers() throws RunEndedException {
        Run ended = run(Limits.defaults());
        Run[] outer = new Run[1];
        Run[] inner = new Run[1];
        boolean[] inside = new boolean[5];
        outer[0] = run(Limits.defaults(), tool("outer", _ -> {
            inside[0] = outer[0].holdsCurrentThread();
            inside[1] = ended.holdsCurrentThread();
            inner[0] = run(Limits.defaults(), tool("inner", __ -> inside[2] = outer[0].holdsCurrentThread()));
            call(inner[0], "inner", "{}");
            inside[3] = outer[0].holdsCurrentThread();
            inside[4] = inner[0].holdsCurrentThread();
            return null;
        }));
        assertEquals("null", call(outer[0], "outer", "{}"));
        assertArrayEquals(new boolean[] {true, false, true, true, false}, inside);
        assertFalse(outer[0].holdsCurrentThread());
    }

    private static Run run(Limits limits, ToolDefinition... tools) {
        return new Run(Settings.of(limits, RunListener.none(), tools));
    }

    private static Limits lasting(long millis) {
        return Limits.builder().wallTime(Duration.ofMillis(millis)).build();
    }

    private static ToolDefinition tool(String name, ToolDefinition.Code implementation) {
        return new ToolDefinition(name, ParameterSchema.none(), implementation);
    }

    private static String call(Run run, String tool, String arguments) throws RunEndedException {
        return text(run.callTool(tool, ByteBuffer.wrap(arguments.getBytes(UTF_8))));
    }

    private static String text(ToolAnswer answer) {
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
