package io.github.hyperlight4j.internal.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.internal.guest.GuestHost.FinishedTool;
import io.github.hyperlight4j.internal.guest.ToolAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting arguments and answers of all runs together take a bounded part of the heap, and no run waits for another. */
@Timeout(30)
class ToolMemoryTest {

    private static final byte[] MEBIBYTE = new byte[1 << 20];

    private final ToolMemory memory = new ToolMemory(16 << 20);
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<ToolCalls> runs = new ArrayList<>();

    @AfterEach
    void nothingIsLeftWhenTheRunsHaveEnded() throws InterruptedException {
        end.countDown();
        runs.forEach(ToolCalls::end);
        // A call that is just ending by itself returns its share on its own thread.
        for (int i = 0; i < 1000 && memory.taken() > 0; i++) {
            Thread.sleep(5);
        }
        assertEquals(0, memory.taken());
    }

    @Test
    void processIsBoundedAsWellAsEachRun() throws InterruptedException {
        assertEquals(4 << 20, memory.shareOfRun());
        int refused = 0;
        for (int i = 0; i < 10; i++) {
            ToolCalls calls = run(1);
            for (int n = 0; n < 6; n++) {
                calls.begin(n + 1, "hang", null, MEBIBYTE, this::hang);
            }
            for (FinishedTool next = calls.poll(); next != null; next = calls.poll()) {
                assertTrue(text(next).startsWith("Too many tool calls are waiting"), () -> "an answer");
                refused++;
            }
        }
        // Each of ten runs has a running and a waiting call in any case.
        assertTrue(memory.taken() <= (16 << 20) + 10 * (2 << 20), () -> memory.taken() + " bytes");
        assertTrue(refused >= 10 * 6 - 16 - 10 * 2, "refused: " + refused);
    }

    @Test
    void runGetsItsToolWhileOthersHaveTakenAllMemory() throws InterruptedException {
        assertTrue(memory.tryTake(16 << 20));
        assertFalse(memory.tryTake(1));
        ToolCalls calls = run(8);
        for (int n = 1; n <= 3; n++) {
            calls.begin(n, "answer", null, MEBIBYTE, () -> ToolAnswer.result(MEBIBYTE));
            FinishedTool finished = await(calls);
            assertEquals(n, finished.id());
            assertFalse(finished.answer().failed());
        }
        memory.give(16 << 20);
    }

    @Test
    void fewerCallsStartWhereAnswersAreLarge() throws InterruptedException {
        ToolCalls calls = run(100);
        calls.begin(1, "large", null, new byte[0], () -> ToolAnswer.result(new byte[4 << 20]));
        await(calls);
        CountDownLatch started = new CountDownLatch(5);
        for (int n = 2; n < 50; n++) {
            calls.begin(n, "large", null, new byte[0], () -> {
                started.countDown();
                return hang();
            });
        }
        Thread.sleep(200);
        assertTrue(started.getCount() >= 1, "one in any case, and three for which there is memory");
    }

    private ToolAnswer hang() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ToolAnswer.failure("ended");
    }

    private ToolCalls run(int concurrent) {
        ToolThreads threads = new ToolThreads();
        ToolScope scope = new ToolScope(null);
        Thread thread = Thread.currentThread();
        CapturedText none = new CapturedText(ByteSize.ofBytes(0));
        RunEvents events = new RunEvents(RunListener.none(), threads, scope, thread, none, none);
        Limits limits = Limits.builder().concurrentTools(concurrent).build();
        ToolCalls calls = new ToolCalls(memory, limits, threads, scope, UnaryOperator.identity(), events, thread);
        runs.add(calls);
        return calls;
    }

    private static FinishedTool await(ToolCalls calls) throws InterruptedException {
        @Nullable FinishedTool finished = calls.poll();
        while (finished == null) {
            Thread.sleep(1);
            finished = calls.poll();
        }
        return finished;
    }

    private static String text(FinishedTool finished) {
        return new String(finished.answer().utf8(), UTF_8);
    }
}
