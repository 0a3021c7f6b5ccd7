package io.github.hyperlight4j.internal.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import io.github.hyperlight4j.internal.tool.ParameterSchema;
import io.github.hyperlight4j.internal.tool.ToolDefinition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a listener does, the run and its result are the same. */
@Timeout(30)
class RunEventsTest {

    private final StringBuilder heard = new StringBuilder();

    private class Recording implements RunListener {
        @Override
        public void onStdout(String text) {
            heard.append(text);
        }

        @Override
        public void onStderr(String text) {
            heard.append("[").append(text).append("]");
        }
    }

    @Test
    void whatAListenerThrowsChangesNothing() throws RunEndedException {
        Run run = run(Limits.defaults(), new Recording() {
            @Override
            public void onStdout(String text) {
                super.onStdout(text);
                throw new AssertionError("expected by this test");
            }
        });
        write(run, 1, "a");
        write(run, 2, "b");
        FinishedRun finished = run.finish(new Outcome.Completed(0));
        assertEquals("a", finished.stdout());
        assertEquals("b", finished.stderr());
        assertEquals("a[b]", heard.toString());
    }

    @Test
    void slowListenerHoldsUpNeitherTheProgramNorTheOrder() throws RunEndedException {
        Run run = run(Limits.defaults(), new Recording() {
            @Override
            public void onStdout(String text) {
                sleep(10);
                super.onStdout(text);
            }
        });
        long start = System.nanoTime();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            write(run, 1, "a" + i);
            write(run, 2, "b" + i);
            expected.append("a").append(i).append("[b").append(i).append("]");
        }
        assertTrue(System.nanoTime() - start < 100_000_000);
        run.finish(new Outcome.Completed(0));
        assertEquals(expected.toString(), heard.toString());
    }

    @Test
    void listenerThatHangsEndsWithTheRunsTime() throws RunEndedException {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        RunListener hanging = new Recording() {
            @Override
            public void onStdout(String text) {
                await(end);
                super.onStdout(text);
            }

            @Override
            public void onEnd() {
                ended.countDown();
            }
        };
        Run run = run(Limits.builder().wallTime(Duration.ofMillis(300)).build(), hanging);
        write(run, 1, "a");
        write(run, 1, "b");
        FinishedRun finished = run.finish(new Outcome.Completed(0));
        assertTrue(run.elapsed().compareTo(Duration.ofMillis(300)) >= 0);
        assertTrue(run.elapsed().compareTo(Duration.ofSeconds(1)) < 0, () -> "took " + run.elapsed());
        assertEquals("ab", finished.stdout());
        assertEquals("", heard.toString());
        end.countDown();
        await(ended);
        assertEquals("ab", heard.toString());
    }

    @Test
    void runThatIsStoppedWaitsForItsListenerOnlyBriefly() throws RunEndedException, InterruptedException {
        for (String how : List.of("stopped", "stopped while it waits", "interrupted while it waits")) {
            CountDownLatch end = new CountDownLatch(1);
            Run run = run(Limits.defaults(), new Recording() {
                @Override
                public void onStdout(String text) {
                    RunEventsTest.await(end);
                }
            });
            write(run, 1, "a");
            Thread runThread = Thread.currentThread();
            Runnable stop = () -> {
                if (how.startsWith("stopped")) {
                    run.stop(new Outcome.Cancelled());
                } else {
                    runThread.interrupt();
                }
            };
            Thread other = Thread.ofPlatform().unstarted(() -> {
                sleep(100);
                stop.run();
            });
            if (how.equals("stopped")) {
                stop.run();
            } else {
                other.start();
            }
            run.finish(new Outcome.Completed(0));
            assertTrue(run.elapsed().compareTo(Duration.ofSeconds(2)) < 0, how);
            assertEquals(how.startsWith("interrupted"), Thread.interrupted(), how);
            other.join();
            end.countDown();
        }
    }

    @Test
    void listenerThatFallsBehindGetsAllTextAndFewerToolCalls() throws RunEndedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger begins = new AtomicInteger();
        AtomicInteger ends = new AtomicInteger();
        AtomicInteger texts = new AtomicInteger();
        Run run = run(Limits.defaults(), new RunListener() {
            @Override
            public void onStdout(String text) {
                begun.countDown();
                RunEventsTest.await(end);
                texts.incrementAndGet();
                heard.append(text);
            }

            @Override
            public void onToolBegin(ToolBegin call) {
                begins.incrementAndGet();
            }

            @Override
            public void onToolEnd(ToolEnd call) {
                ends.incrementAndGet();
            }
        });
        write(run, 1, "0");
        await(begun);
        for (int i = 0; i < 3000; i++) {
            run.callTool("a", ByteBuffer.wrap("{}".getBytes(UTF_8)));
            write(run, 1, "x");
        }
        end.countDown();
        run.finish(new Outcome.Completed(0));
        assertEquals("0" + "x".repeat(3000), heard.toString());
        assertEquals(begins.get(), ends.get());
        assertTrue(begins.get() > 100 && begins.get() < RunEvents.MOST_WAITING, begins::toString);
        assertTrue(texts.get() < RunEvents.MOST_WAITING, texts::toString);
    }

    @Test
    void endIsHeardOnceAlsoWhenTheHostFails() throws RunEndedException {
        for (boolean isFinished : new boolean[] {true, false}) {
            heard.setLength(0);
            CountDownLatch ended = new CountDownLatch(1);
            Run run = run(Limits.defaults(), new Recording() {
                @Override
                public void onEnd() {
                    heard.append(" end");
                    ended.countDown();
                }
            });
            write(run, 1, "a");
            if (isFinished) {
                run.finish(new Outcome.Completed(0));
            }
            run.close();
            await(ended);
            assertEquals("a end", heard.toString());
        }
    }

    @Test
    void listenerIsInsideTheRunAndNoLongerAfterwards() throws RunEndedException {
        boolean[] inside = new boolean[1];
        Run[] run = new Run[1];
        run[0] = run(Limits.defaults(), new RunListener() {
            @Override
            public void onStdout(String text) {
                inside[0] = run[0].holdsCurrentThread();
            }
        });
        write(run[0], 1, "a");
        run[0].finish(new Outcome.Completed(0));
        assertTrue(inside[0]);
        assertFalse(run[0].holdsCurrentThread());
    }

    @Test
    void endOfAFailedToolCallHasTheToolsExceptionAndNoneIfItWasNotCalled() throws RunEndedException {
        IllegalStateException thrown = new IllegalStateException("no such customer");
        List<RunListener.ToolEnd> ends = new ArrayList<>();
        RunListener listener = new RunListener() {
            @Override
            public void onToolEnd(ToolEnd call) {
                ends.add(call);
            }
        };
        ToolDefinition fails = new ToolDefinition("fails", ParameterSchema.none(), _ -> {
            throw thrown;
        });
        ToolDefinition works = new ToolDefinition("works", ParameterSchema.none(), _ -> 1);
        Run run = new Run(Settings.of(Limits.defaults(), listener, fails, works));
        for (String[] call :
                new String[][] {{"works", "{}"}, {"fails", "{}"}, {"fails", "{\"x\":1}"}, {"unknown", "{}"}}) {
            run.callTool(call[0], ByteBuffer.wrap(call[1].getBytes(UTF_8)));
        }
        run.finish(new Outcome.Completed(0));
        assertEquals(
                List.of(false, true, true, true),
                ends.stream().map(RunListener.ToolEnd::failed).toList());
        assertEquals(
                List.of(Optional.empty(), Optional.of(thrown), Optional.empty(), Optional.empty()),
                ends.stream().map(RunListener.ToolEnd::failure).toList());
    }

    private Run run(Limits limits, RunListener listener) {
        ToolDefinition tool = new ToolDefinition("a", ParameterSchema.none(), _ -> 1);
        return new Run(Settings.of(limits, listener, tool));
    }

    private static void write(Run run, int file, String text) throws RunEndedException {
        run.write(file, ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
