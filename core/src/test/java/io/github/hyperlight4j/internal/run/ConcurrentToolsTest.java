package io.github.hyperlight4j.internal.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.internal.guest.GuestHost.FinishedTool;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import io.github.hyperlight4j.internal.tool.ParameterSchema;
import io.github.hyperlight4j.internal.tool.ToolDefinition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tool calls that a program begins and whose answers it fetches, called as the guest calls them. */
@Timeout(60)
class ConcurrentToolsTest {

    private static final long FOREVER = -1;

    @Test
    void tenCallsOf100MillisecondsTakeAbout100() throws RunEndedException {
        Run run = run(Limits.defaults(), tool("wait", _ -> {
            Thread.sleep(100);
            return 1;
        }));
        long start = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            begin(run, "wait", "{}");
        }
        for (int i = 0; i < 10; i++) {
            assertEquals("1", text(run.nextTool(FOREVER)));
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertTrue(millis >= 100 && millis < 500, () -> "took " + millis + " ms");
    }

    @Test
    void aThousandCallsAtOnceRunAFewAtATimeAndAllAreAnswered() throws RunEndedException {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Limits limits = Limits.builder().concurrentTools(5).build();
        Run run = run(limits, ofSchema("echo", arguments -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            Thread.sleep(1);
            running.decrementAndGet();
            return arguments.get("n");
        }));
        Map<Integer, String> expected = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            expected.put(begin(run, "echo", "{\"n\":" + i + "}"), String.valueOf(i));
        }
        assertEquals(1000, expected.size());
        for (int i = 0; i < 1000; i++) {
            FinishedTool finished = run.nextTool(FOREVER);
            assertEquals(expected.remove(finished.id()), text(finished));
        }
        assertEquals(5, most.get());
        assertEquals(0, run.nextTool(0).id());
    }

    @Test
    void answersComeInTheOrderInWhichCallsEndAndOneFailureLeavesTheOthers() throws RunEndedException {
        CountDownLatch slow = new CountDownLatch(1);
        Run run = run(
                Limits.defaults(),
                tool("slow", _ -> {
                    slow.await();
                    return "slow";
                }),
                tool("fail", _ -> {
                    throw new IllegalStateException("out of stock");
                }));
        int first = begin(run, "slow", "{}");
        int second = begin(run, "fail", "{}");
        FinishedTool finished = run.nextTool(FOREVER);
        assertEquals(second, finished.id());
        assertEquals("!Tool 'fail' failed: out of stock", text(finished));
        int third = begin(run, "unknown", "{}");
        finished = run.nextTool(FOREVER);
        assertEquals(third, finished.id());
        assertEquals("!Unknown tool 'unknown'. Registered tools: slow, fail.", text(finished));
        assertEquals(0, run.nextTool(20_000_000).id());
        slow.countDown();
        finished = run.nextTool(FOREVER);
        assertEquals(first, finished.id());
        assertEquals("\"slow\"", text(finished));
    }

    @Test
    void waitingForACallThatNeverEndsEndsAtTheDeadline() {
        Limits limits = Limits.builder().wallTime(Duration.ofMillis(100)).build();
        Run nothingBegun = run(limits);
        assertThrows(RunEndedException.class, () -> nothingBegun.nextTool(FOREVER));
        assertInstanceOf(Outcome.TimedOut.class, nothingBegun.stopped());
    }

    @Test
    void endOfTheRunInterruptsWhatRunsAndNeverStartsTheRest() throws RunEndedException, InterruptedException {
        Semaphore started = new Semaphore(0);
        CountDownLatch interrupted = new CountDownLatch(2);
        Run run = run(Limits.builder().concurrentTools(2).build(), tool("hang", _ -> {
            started.release();
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return null;
        }));
        for (int i = 0; i < 10; i++) {
            begin(run, "hang", "{}");
        }
        started.acquire(2);
        run.finish(new Outcome.Completed(0));
        assertTrue(interrupted.await(5, TimeUnit.SECONDS));
        assertFalse(started.tryAcquire(100, TimeUnit.MILLISECONDS));
    }

    @Test
    void callsBeyondWhatCanWaitAreAnsweredWithAnErrorAtOnce() throws RunEndedException {
        CountDownLatch end = new CountDownLatch(1);
        Run run = run(Limits.builder().concurrentTools(1).build(), ofSchema("hang", _ -> {
            end.await();
            return "done";
        }));
        String mebibyte = "{\"n\":\"" + "x".repeat((1 << 20) - 8) + "\"}";
        int begun = 0;
        while (run.nextTool(0).id() == 0) {
            begin(run, "hang", mebibyte);
            begun++;
        }
        assertEquals(1 + 64 + 1, begun);
        begin(run, "hang", mebibyte);
        assertEquals(
                "!Too many tool calls are waiting: fetch the results of some before more are begun.",
                text(run.nextTool(0)));
        end.countDown();
        for (int i = 0; i < 65; i++) {
            assertEquals("\"done\"", text(run.nextTool(FOREVER)));
        }
    }

    @Test
    void noFurtherCallStartsWhileManyAnswersWaitAndNoneGetsLost() throws RunEndedException, InterruptedException {
        AtomicInteger started = new AtomicInteger();
        Limits limits = Limits.builder().concurrentTools(2).build();
        String large = "x".repeat(4 << 20);
        Run run = run(limits, tool("large", _ -> {
            started.incrementAndGet();
            return large;
        }));
        for (int i = 0; i < 100; i++) {
            begin(run, "large", "{}");
        }
        for (int before = -1; before != started.get(); ) {
            before = started.get();
            Thread.sleep(300);
        }
        assertTrue(started.get() <= 16 + 2, started::toString);
        for (int i = 0; i < 100; i++) {
            assertEquals((4 << 20) + 2, run.nextTool(FOREVER).answer().utf8().length);
        }
    }

    @Test
    void argumentsBeyondTheirLimitFailOnlyTheirCall() throws RunEndedException {
        Run run = run(Limits.builder().toolArguments(ByteSize.ofBytes(10)).build(), ofSchema("a", _ -> 1));
        begin(run, "a", "{\"n\":\"xxxxx\"}");
        assertEquals(
                "!Tool 'a': the arguments take 13 bytes as JSON, and the limit is 10 bytes.",
                text(run.nextTool(FOREVER)));
        begin(run, "a", "{\"n\":1}");
        assertEquals("1", text(run.nextTool(FOREVER)));
    }

    @Test
    void listenerHearsTheBeginningAndTheEndOfEachCall() throws RunEndedException {
        List<String> heard = new ArrayList<>();
        RunListener listener = new RunListener() {
            @Override
            public void onToolBegin(ToolBegin call) {
                heard.add("begin " + call.number() + " " + call.tool() + call.arguments());
            }

            @Override
            public void onToolEnd(ToolEnd call) {
                heard.add("end " + call.number() + " " + call.tool() + (call.failed() ? " failed" : ""));
            }

            @Override
            public void onStdout(String text) {
                heard.add(text);
            }

            @Override
            public void onEnd() {
                heard.add("end");
            }
        };
        Run run = new Run(Settings.of(Limits.defaults(), listener, ofSchema("a", _ -> 1)));
        run.write(1, ByteBuffer.wrap("x".getBytes(UTF_8)));
        begin(run, "a", "{\"n\":1}");
        run.nextTool(FOREVER);
        run.callTool("b", ByteBuffer.wrap(("\"" + "é".repeat(3000)).getBytes(UTF_8)));
        run.write(1, ByteBuffer.wrap("y".getBytes(UTF_8)));
        run.finish(new Outcome.Completed(0));
        String shown = "\"" + "é".repeat(2047) + "...";
        assertEquals(
                List.of("x", "begin 1 a{\"n\":1}", "end 1 a", "begin 2 b" + shown, "end 2 b failed", "y", "end"),
                heard);
    }

    @Test
    void programThatOnlyBeginsCallsComesToTheLimitOfTheirNumber() throws RunEndedException {
        Run run = run(Limits.builder().toolCalls(100_000).build(), tool("a", _ -> 1));
        IntStream.range(0, 100_000).forEach(_ -> {
            try {
                begin(run, "a", "{}");
            } catch (RunEndedException e) {
                throw new AssertionError(e);
            }
        });
        assertThrows(RunEndedException.class, () -> begin(run, "a", "{}"));
        assertEquals(new Outcome.ToolCallLimit(100_000), run.stopped());
    }

    private static Run run(Limits limits, ToolDefinition... tools) {
        return new Run(Settings.of(limits, RunListener.none(), tools));
    }

    private static ToolDefinition tool(String name, ToolDefinition.Code implementation) {
        return new ToolDefinition(name, ParameterSchema.none(), implementation);
    }

    private static ToolDefinition ofSchema(String name, ToolDefinition.Code implementation) {
        return new ToolDefinition(name, ParameterSchema.of("{\"type\": \"object\"}"), implementation);
    }

    private static int begin(Run run, String tool, String arguments) throws RunEndedException {
        return run.beginTool(tool, ByteBuffer.wrap(arguments.getBytes(UTF_8)));
    }

    private static String text(FinishedTool finished) {
        return (finished.answer().failed() ? "!" : "")
                + new String(finished.answer().utf8(), UTF_8);
    }
}
