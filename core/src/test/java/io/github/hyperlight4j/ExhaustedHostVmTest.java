package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.hyperlight4j.testing.ChildJvm;
import io.github.hyperlight4j.testing.RequiresVm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * After what exhausts the host's memory, stack, or one tenant's share of threads, another configuration gets its tools, and an
 * endless program ends at its limit. Each in a JVM of its own with little memory.
 */
@RequiresVm
@Timeout(300)
class ExhaustedHostVmTest {

    private static final String ENDLESS = "while True: pass";

    @Test
    void outputTakesAsMuchMemoryAsItHasBytes() throws Exception {
        assertEquals(List.of("length 150000000", "tool 1", "timed_out"), run("output"));
    }

    @Test
    void deadlinesAndCancellationEndRunsWhileNoMemoryIsLeft() throws Exception {
        assertEquals(List.of("ended", "ended", "ended", "tool 1", "timed_out"), run("memory"));
    }

    @Test
    void oneConfigurationsAbandonedToolsStopNoOther() throws Exception {
        assertEquals(List.of("refused", "tool 1", "timed_out"), run("threads"));
    }

    @Test
    void callersWithAlmostNoStackLeftEndNoJvm() throws Exception {
        assertEquals(List.of("ran", "tool 1", "timed_out"), run("stack"));
    }

    private static List<String> run(String attack) throws Exception {
        return ChildJvm.run(
                Host.class,
                List.of("-Xmx512m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"),
                List.of(attack));
    }

    /** The host that is exhausted. */
    static final class Host {

        private static final SandboxConfig OTHER =
                SandboxConfig.builder().tool(Tool.of("t", "", () -> 1)).build();

        public static void main(String[] args) throws Exception {
            switch (args[0]) {
                case "output" -> output();
                case "memory" -> memory();
                case "threads" -> threads();
                case "stack" -> stack();
                default -> throw new IllegalArgumentException(args[0]);
            }
            try (Sandbox sandbox = Sandbox.of(OTHER)) {
                System.out.println(
                        "tool " + sandbox.run("print(call_tool('t'))").stdout().strip());
                System.out.println(sandbox.run(ENDLESS, lasting(1000)).outcome().label());
            }
        }

        private static SandboxConfig lasting(long millis) {
            return SandboxConfig.builder()
                    .limits(Limits.builder().wallTime(Duration.ofMillis(millis)).build())
                    .build();
        }

        private static void output() {
            Limits limits = Limits.builder()
                    .stdout(ByteSize.ofMebibytes(255))
                    .wallTime(Duration.ofMinutes(3))
                    .build();
            SandboxConfig config = SandboxConfig.builder().limits(limits).build();
            try (Sandbox sandbox = Sandbox.of(config)) {
                RunResult result =
                        sandbox.run("import sys\nfor i in range(150): sys.stdout.write('x' * 999_999 + '\\n')");
                System.out.println("length " + result.stdout().length());
            }
        }

        /** The application takes all memory while programs run. */
        private static void memory() throws Exception {
            try (Sandbox sandbox = Sandbox.of(lasting(3000));
                    Sandbox toCancel = Sandbox.of(lasting(60_000))) {
                Sandbox toClose = Sandbox.of(lasting(60_000));
                FutureTask<Outcome> endless = start(sandbox);
                FutureTask<Outcome> cancelled = start(toCancel);
                FutureTask<Outcome> closed = start(toClose);
                Thread.sleep(1000);
                List<byte[]> all = new ArrayList<>();
                for (int size = 16 << 20; size >= 16; size /= 2) {
                    takeAll(all, size);
                }
                toCancel.cancel();
                boolean isClosed = isClosed(toClose);
                while (!endless.isDone() || !cancelled.isDone()) {
                    Thread.onSpinWait();
                }
                all.clear();
                if (!isClosed) {
                    toClose.close();
                }
                printEnd(endless);
                printEnd(cancelled);
                printEnd(closed);
            }
        }

        /** Closing waits for the run, and waiting takes memory: a close that failed can be repeated. */
        private static boolean isClosed(Sandbox sandbox) {
            try {
                sandbox.close();
                return true;
            } catch (OutOfMemoryError e) {
                return false;
            }
        }

        /** A run that is ended while its thread has no memory for the outcome throws the error. */
        private static void printEnd(FutureTask<Outcome> run) throws Exception {
            try {
                run.get();
                System.out.println("ended");
            } catch (ExecutionException e) {
                System.out.println(e.getCause() instanceof OutOfMemoryError ? "ended" : e.getCause());
            }
        }

        private static void takeAll(List<byte[]> all, int size) {
            try {
                while (true) {
                    all.add(new byte[size]);
                }
            } catch (OutOfMemoryError e) {
                // As intended.
            }
        }

        private static FutureTask<Outcome> start(Sandbox sandbox) {
            FutureTask<Outcome> run =
                    new FutureTask<>(() -> sandbox.run("print()\n" + ENDLESS).outcome());
            Thread.ofPlatform().daemon().start(run);
            return run;
        }

        private static void threads() {
            CompletableFuture<?> never = new CompletableFuture<>();
            SandboxConfig config = SandboxConfig.builder()
                    .tool(Tool.of("stay", "", () -> never.join()))
                    .limits(Limits.builder().wallTime(Duration.ofSeconds(1)).build())
                    .build();
            try (Sandbox sandbox = Sandbox.of(config)) {
                String program = "call_tools([('stay', {})] * 16)";
                for (int i = 0; i < 70; i++) {
                    RunResult result = sandbox.run(program);
                    if (result.outcome() instanceof Outcome.PythonError) {
                        break;
                    }
                }
                RunResult last = sandbox.run("try:\n    call_tool('stay')\nexcept Exception as e:\n    print(e)");
                System.out.println(last.stdout().contains("no further one is called") ? "refused" : last);
            }
        }

        /** Runs a program from every depth near the end of the stack. */
        private static void stack() throws Exception {
            try (Sandbox sandbox = Sandbox.of(OTHER)) {
                sandbox.run("pass"); // Where there is room, for the classes that it needs.
                CountDownLatch done = new CountDownLatch(1);
                boolean[] ran = new boolean[1];
                Thread.ofPlatform().stackSize(1 << 20).start(() -> {
                    int most = depth(0);
                    for (int depth = 0; depth < most; depth += Math.max(1, most / 25)) {
                        try {
                            runAt(depth, sandbox);
                            ran[0] = true;
                        } catch (StackOverflowError e) {
                            // The caller's own, before anything was begun.
                        }
                    }
                    done.countDown();
                });
                done.await();
                System.out.println(ran[0] ? "ran" : "never ran");
            }
        }

        @SuppressWarnings("InfiniteRecursion") // That is what it is for.
        private static int depth(int depth) {
            try {
                return depth(depth + 1);
            } catch (StackOverflowError e) {
                return depth;
            }
        }

        private static void runAt(int depth, Sandbox sandbox) {
            if (depth > 0) {
                runAt(depth - 1, sandbox);
            } else if (!sandbox.run("print(call_tool('t'))").stdout().equals("1\n")) {
                throw new AssertionError();
            }
        }
    }
}
