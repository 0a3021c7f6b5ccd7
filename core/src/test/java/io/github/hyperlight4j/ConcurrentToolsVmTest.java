package io.github.hyperlight4j;

import static io.github.hyperlight4j.Programs.lasting;
import static io.github.hyperlight4j.Programs.output;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.RequiresVm;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tools that a program calls at the same time, through a real micro-VM. */
@RequiresVm
@Timeout(180)
class ConcurrentToolsVmTest {

    record Given(int n) {}

    private static final Tool ECHO = Tool.of("echo", "", Given.class, given -> {
        Thread.sleep(20L - given.n() % 20);
        return given.n();
    });

    @Test
    void callsRunAtTheSameTimeAndTheirResultsKeepTheirOrder() {
        CountDownLatch allBegun = new CountDownLatch(10);
        Tool together = Tool.of("together", "", Given.class, given -> {
            allBegun.countDown(); // Ends only once all ten have begun.
            return allBegun.await(60, TimeUnit.SECONDS) ? given.n() : -1;
        });
        try (Sandbox sandbox = Sandbox.of(SandboxConfig.builder().tool(together).build())) {
            assertEquals(
                    "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n",
                    output(sandbox, "print(call_tools([('together', {'n': i}) for i in range(10)]))"));
        }
    }

    @Test
    void manyMoreThanRunAtOnceAreAllAnswered() {
        try (Sandbox sandbox = Sandbox.of(SandboxConfig.builder().tool(ECHO).build())) {
            assertEquals("True\n", output(sandbox, """
                            results = call_tools([('echo', {'n': i}) for i in range(1000)])
                            print(results == list(range(1000)))
                            """));
        }
    }

    @Test
    void gatherAwaitsToolsAndOneFailureLeavesTheOthers() {
        Tool fail = Tool.of("fail", "", () -> {
            throw new IllegalStateException("out of stock");
        });
        try (Sandbox sandbox =
                Sandbox.of(SandboxConfig.builder().tool(ECHO).tool(fail).build())) {
            assertEquals("[1, \"Tool 'fail' failed: out of stock\", 3]\n", output(sandbox, """
                            import asyncio
                            from hyperlight import call_tool_async
                            async def main():
                                results = await asyncio.gather(
                                    call_tool_async('echo', n=1), call_tool_async('fail'), call_tool_async('echo', n=3),
                                    return_exceptions=True)
                                print([r if isinstance(r, int) else str(r) for r in results])
                            asyncio.run(main())
                            """));
        }
    }

    @Test
    void deadlineEndsCallsThatHangAndWhatWaitsNeverStarts() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(2);
        Tool hang = Tool.of("hang", "", () -> {
            try {
                Thread.sleep(600_000);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return null;
        });
        Limits limits =
                lasting(Duration.ofSeconds(2)).toBuilder().concurrentTools(2).build();
        try (Sandbox sandbox =
                Sandbox.of(SandboxConfig.builder().limits(limits).tool(hang).build())) {
            RunResult result = sandbox.run("print('begun')\ncall_tools([('hang', {})] * 5)");
            assertEquals(new Outcome.TimedOut(Duration.ofSeconds(2)), result.outcome());
            assertEquals("begun\n", result.stdout());
            assertTrue(interrupted.await(10, TimeUnit.SECONDS));
            assertEquals("next\n", output(sandbox, "print('next')"));
        }
    }

    @Test
    void programThatNeverFetchesComesToALimit() {
        Limits limits = Limits.builder().toolCalls(500).build();
        try (Sandbox sandbox =
                Sandbox.of(SandboxConfig.builder().limits(limits).tool(ECHO).build())) {
            RunResult result = sandbox.run("""
                    import asyncio
                    from hyperlight import call_tool_async
                    async def main():
                        while True:
                            asyncio.ensure_future(call_tool_async('echo', n=1))
                            await asyncio.sleep(0)
                    asyncio.run(main())
                    """);
            assertEquals(new Outcome.ToolCallLimit(500), result.outcome());
        }
    }
}
