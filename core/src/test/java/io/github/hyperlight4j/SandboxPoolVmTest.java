package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.HyperlightException.Code;
import io.github.hyperlight4j.testing.RequiresVm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many callers share micro-VMs, and none can tell. */
@RequiresVm
@Timeout(300)
class SandboxPoolVmTest {

    /** Puts something everywhere where it could stay. */
    private static final String PLANT = """
            import builtins, decimal, gc, hyperlight, json, os, random, sys, types
            left = 1
            builtins.left = 2
            builtins.len = lambda x: -1
            json.dumps = None
            sys.modules['planted'] = types.ModuleType('planted')
            sys.modules['random'].seed(7)
            sys.path.append('/planted')
            sys.meta_path.append(object())
            sys.setrecursionlimit(77)
            sys.argv.append('planted')
            sys.stdout.planted = 1
            os.environ['PLANTED'] = '1'
            os.planted = 1
            decimal.getcontext().prec = 3
            hyperlight.call_tool = None
            builtins.call_tool = None
            class Planted: pass
            keep = [Planted() for _ in range(10)]
            keep.append(keep)
            json.JSONEncoder.planted = 1
            try:
                with open('/tmp/planted', 'w') as f:
                    f.write('1')
                open('/tmp/open-planted', 'w').write('left open')
            except OSError:
                pass
            import atexit; atexit.register(print, 'planted')
            """;

    /** Looks for it, and says what it found. */
    private static final String LOOK = """
            import builtins, decimal, gc, hyperlight, json, os, sys
            found = []
            def look(name, test):
                try:
                    if test():
                        found.append(name)
                except Exception as e:
                    found.append(name + ': ' + repr(e))
            look('globals', lambda: 'left' in globals() or 'keep' in globals())
            look('builtins', lambda: hasattr(builtins, 'left') or len('abc') != 3)
            look('json', lambda: json.dumps(1) != '1')
            look('modules', lambda: 'planted' in sys.modules)
            look('path', lambda: '/planted' in sys.path)
            look('meta_path', lambda: any(type(finder) is object for finder in sys.meta_path))
            look('recursion limit', lambda: sys.getrecursionlimit() == 77)
            look('argv', lambda: 'planted' in sys.argv)
            look('stdout', lambda: hasattr(sys.stdout, 'planted'))
            look('environ', lambda: 'PLANTED' in os.environ)
            look('os', lambda: hasattr(os, 'planted'))
            look('decimal', lambda: decimal.getcontext().prec != 28)
            look('call_tool', lambda: not callable(hyperlight.call_tool) or not callable(call_tool))
            look('types', lambda: hasattr(json.JSONEncoder, 'planted'))
            look('objects', lambda: any(type(o).__name__ == 'Planted' for o in gc.get_objects()))
            look('classes', lambda: any(c.__name__ == 'Planted' for c in object.__subclasses__()))
            look('files', lambda: os.path.exists('/tmp/planted') or os.path.exists('/tmp/open-planted'))
            look('tools', lambda: call_tool('secret') != 'mine')
            print(found)
            """;

    private static final SandboxConfig CONFIG = config("mine", Duration.ofSeconds(20));

    @Test
    void nothingOfARunIsThereForAnyOther() throws InterruptedException {
        try (SandboxPool pool = SandboxPool.builder().min(1).max(1).build()) {
            assertEquals("[]\n", pool.run(LOOK, CONFIG).stdout(), "it finds nothing where nothing was planted");
            assertEquals(new Outcome.Completed(0), pool.run(PLANT, CONFIG).outcome(), "all of it can be planted");
            for (String end : List.of("", "raise ValueError", "sys.exit(3)", "os._exit(4)")) {
                pool.run(PLANT + end, config("theirs", Duration.ofSeconds(20)));
                assertEquals("[]\n", pool.run(LOOK, CONFIG).stdout(), end);
            }
            SandboxConfig short_ = config("theirs", Duration.ofSeconds(2));
            assertInstanceOf(
                    Outcome.TimedOut.class,
                    pool.run(PLANT + "while True: pass", short_).outcome());
            assertEquals("[]\n", pool.run(LOOK, CONFIG).stdout(), "after a kill");
            assertInstanceOf(
                    Outcome.Crashed.class, pool.run(PLANT + CRASH, CONFIG).outcome());
            assertEquals("[]\n", pool.run(LOOK, CONFIG).stdout(), "after a crash");
            assertEquals(1, pool.stats().size());
        }
    }

    private static final String CRASH = "import os; os.abort()";

    @Test
    void lookFindsWhatIsThere() {
        try (Session session = Session.builder().config(CONFIG).build()) {
            session.run(PLANT);
            String found = session.run(LOOK.replace("len(", "(lambda s: 3)(")).stdout();
            for (String name : List.of("globals", "json", "modules", "path", "environ", "decimal", "objects")) {
                assertTrue(found.contains("'" + name), found);
            }
        }
    }

    @Test
    void randomnessIsNotRepeated() {
        try (SandboxPool pool = SandboxPool.builder().max(2).build()) {
            String code = "import os, random, uuid; print(random.random(), os.urandom(8).hex(), uuid.uuid4())";
            List<String> results = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                results.add(pool.run(code).stdout());
            }
            assertEquals(5, results.stream().distinct().count(), results::toString);
        }
    }

    @Test
    void configurationsDoNotMixAtTheSameTime() throws Exception {
        try (SandboxPool pool = SandboxPool.builder().min(0).max(3).build();
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<String>> results = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                SandboxConfig own = config("tenant " + i, Duration.ofSeconds(60));
                results.add(threads.submit(
                        () -> pool.run("print(call_tool('secret'))", own).stdout()));
            }
            for (int i = 0; i < results.size(); i++) {
                assertEquals("tenant " + i + "\n", results.get(i).get());
            }
            assertTrue(pool.stats().size() <= 3);
        }
    }

    @Test
    void brokenOneIsReplacedAndTheStoppedOneRestored() {
        try (SandboxPool pool = SandboxPool.builder().max(1).build()) {
            pool.run("while True: pass", config("", Duration.ofMillis(500)));
            assertEquals("1\n", pool.run("print(1)").stdout());
            assertEquals(1, pool.stats().created());
            assertInstanceOf(Outcome.Crashed.class, pool.run(CRASH).outcome());
            assertEquals("2\n", pool.run("print(2)").stdout());
            assertEquals(2, pool.stats().created());
            assertEquals(1, pool.stats().discarded());
        }
    }

    @Test
    void callersWaitTheirTurnButNotForever() throws Exception {
        try (SandboxPool pool =
                SandboxPool.builder().max(1).waitTimeout(Duration.ofMillis(300)).build()) {
            await(() -> pool.stats().idle() == 1);
            try (Sandbox sandbox = pool.acquire()) {
                HyperlightException busy = assertThrows(HyperlightException.class, () -> pool.run("print(1)"));
                assertEquals(Code.BUSY, busy.code());
                assertEquals("pooled\n", sandbox.run("print('pooled')", CONFIG).stdout());
                assertEquals("[]\n", sandbox.run(LOOK, CONFIG).stdout(), "clean each time");
            }
            await(() -> pool.stats().idle() == 1);
            assertEquals("1\n", pool.run("print(1)").stdout());
        }
    }

    @Test
    void pooledSandboxIsCancelledFromAnotherThreadAndUsableAfterwards() throws Exception {
        try (SandboxPool pool = SandboxPool.builder().max(1).build();
                Sandbox sandbox = pool.acquire()) {
            CountDownLatch begun = new CountDownLatch(1);
            FutureTask<Outcome> run = start(() -> sandbox.run("call_tool('begun')\nwhile True: pass", whenBegun(begun))
                    .outcome());
            begun.await();
            sandbox.cancel();
            assertEquals(new Outcome.Cancelled(), run.get());
            assertEquals("1\n", sandbox.run("print(1)", CONFIG).stdout());
        }
    }

    @Test
    void closingAPooledSandboxEndsItsRunAndGivesItBack() throws Exception {
        try (SandboxPool pool = SandboxPool.builder().max(1).build()) {
            Sandbox sandbox = pool.acquire();
            CountDownLatch begun = new CountDownLatch(1);
            FutureTask<Outcome> run = start(() -> sandbox.run("call_tool('begun')\nwhile True: pass", whenBegun(begun))
                    .outcome());
            begun.await();
            sandbox.close();
            assertEquals(new Outcome.Cancelled(), run.get());
            assertThrows(IllegalStateException.class, () -> sandbox.run("", CONFIG));
            sandbox.close();
            assertEquals("1\n", pool.run("print(1)").stdout());
            assertEquals(1, pool.stats().created());
        }
    }

    @Test
    void sandboxThatWasGivenBackDoesNotEndTheNextCallersRun() throws Exception {
        try (SandboxPool pool = SandboxPool.builder().max(1).build()) {
            Sandbox old = pool.acquire();
            old.close();
            CountDownLatch begun = new CountDownLatch(1);
            FutureTask<RunResult> run = start(
                    () -> pool.run("call_tool('begun')\nimport time\ntime.sleep(0.5)\nprint(1)", whenBegun(begun)));
            begun.await();
            old.cancel();
            old.close();
            assertEquals(new Outcome.Completed(0), run.get().outcome());
            assertEquals(1, pool.stats().created(), "it was the same micro-VM");
        }
    }

    @Test
    void sandboxThatIsDroppedWithoutCloseGoesBackToItsPool() throws Exception {
        try (SandboxPool pool = SandboxPool.builder().max(1).build()) {
            assertEquals("1\n", pool.acquire().run("print(1)").stdout());
            await(() -> {
                System.gc();
                return pool.stats().inUse() == 0;
            });
            assertEquals("2\n", pool.run("print(2)").stdout());
        }
    }

    @Test
    void pooledSandboxHasThePoolsConfiguration() throws Exception {
        try (SandboxPool pool = SandboxPool.builder().config(CONFIG).max(1).build()) {
            assertEquals("mine\n", pool.run("print(call_tool('secret'))").stdout());
            try (Sandbox sandbox = pool.acquire()) {
                assertEquals(CONFIG, sandbox.config());
                assertEquals("mine\n", sandbox.run("print(call_tool('secret'))").stdout());
            }
        }
    }

    @Test
    void interruptedCallerIsCancelledWhileWaitingAndWhileRunning() throws Exception {
        try (SandboxPool pool = SandboxPool.builder().max(1).build()) {
            CountDownLatch begun = new CountDownLatch(1);
            AtomicReference<Outcome> outcome = new AtomicReference<>();
            Thread running = Thread.ofPlatform()
                    .start(() -> outcome.set(pool.run("call_tool('begun')\nwhile True: pass", whenBegun(begun))
                            .outcome()));
            begun.await();
            AtomicReference<Outcome> waited = new AtomicReference<>();
            Thread waiting = Thread.ofPlatform()
                    .start(() -> waited.set(pool.run("print(1)").outcome()));
            await(() -> pool.stats().waiting() == 1);
            waiting.interrupt();
            waiting.join();
            assertEquals(new Outcome.Cancelled(), waited.get());
            assertEquals(0, pool.stats().waiting());
            running.interrupt();
            running.join();
            assertEquals(new Outcome.Cancelled(), outcome.get());
            assertEquals("1\n", pool.run("print(1)").stdout());
        }
    }

    /** There are only as many carriers as processors: held by runs, they would not be there for the one that ends them. */
    @Test
    void virtualThreadsKeepNoCarrierDuringARun() throws Exception {
        int runs = Runtime.getRuntime().availableProcessors() + 1;
        CountDownLatch begun = new CountDownLatch(runs);
        CountDownLatch end = new CountDownLatch(1);
        Tool wait = Tool.builder("begun")
                .handler(arguments -> {
                    begun.countDown();
                    end.await();
                    return null;
                })
                .build();
        SandboxConfig config = SandboxConfig.builder().tool(wait).build();
        try (SandboxPool pool = SandboxPool.builder().max(runs).build();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<RunResult>> results = new ArrayList<>();
            for (int i = 0; i < runs; i++) {
                results.add(threads.submit(() -> pool.run("call_tool('begun')\nprint(1)", config)));
            }
            begun.await();
            Future<?> ender = threads.submit(end::countDown);
            ender.get();
            for (Future<RunResult> result : results) {
                assertEquals("1\n", result.get().stdout());
            }
        }
    }

    @Test
    void closingEndsRunsAndWaitersAndWaitsForThem() throws Exception {
        SandboxPool pool = SandboxPool.builder().max(1).build();
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Outcome> run = start(() -> pool.run("call_tool('begun')\nwhile True: pass", whenBegun(begun))
                .outcome());
        begun.await();
        FutureTask<RunResult> waiting = start(() -> pool.run("print(1)"));
        await(() -> pool.stats().waiting() == 1);
        pool.close();
        assertEquals(0, pool.stats().size());
        assertEquals(pool.stats().created(), pool.stats().discarded());
        assertEquals(new Outcome.Cancelled(), run.get());
        assertInstanceOf(
                IllegalStateException.class,
                assertThrows(ExecutionException.class, waiting::get).getCause());
        assertThrows(IllegalStateException.class, () -> pool.run("print(1)"));
        pool.close();
    }

    @Test
    void toolMayUseThePoolAndCloseIt() throws Exception {
        SandboxPool pool = SandboxPool.builder().max(2).build();
        Tool inner = Tool.builder("inner")
                .handler(arguments -> pool.run("print('inner')").stdout())
                .build();
        Tool close = Tool.builder("close")
                .handler(arguments -> {
                    pool.close();
                    return null;
                })
                .build();
        SandboxConfig config = SandboxConfig.builder().tool(inner).tool(close).build();
        assertEquals("inner\n\n", pool.run("print(call_tool('inner'))", config).stdout());
        assertEquals(
                new Outcome.Cancelled(),
                pool.run("call_tool('close')\nwhile True: pass", config).outcome());
        await(() -> pool.stats().size() == 0);
        assertThrows(IllegalStateException.class, () -> pool.run(""));
    }

    @Test
    void guestMayBeClosedOnceThePoolIsBuilt() {
        Snapshot snapshot = Snapshot.load();
        try (SandboxPool pool = SandboxPool.builder().snapshot(snapshot).min(0).build()) {
            snapshot.close();
            assertEquals("1\n", pool.run("print(1)").stdout());
        }
        assertThrows(
                IllegalStateException.class,
                () -> SandboxPool.builder().snapshot(snapshot).build());
    }

    @Test
    void idleOnesAreGivenUp() throws Exception {
        try (SandboxPool pool = SandboxPool.builder()
                .min(0)
                .max(2)
                .idleTimeout(Duration.ofMillis(100))
                .build()) {
            pool.run("print(1)");
            await(() -> pool.stats().size() == 0);
            assertEquals("1\n", pool.run("print(1)").stdout());
            assertFalse(pool.stats().created() < 2);
        }
    }

    private static SandboxConfig config(String secret, Duration wallTime) {
        return SandboxConfig.builder()
                .tool(Tool.builder("secret").handler(arguments -> secret).build())
                .limits(Programs.lasting(wallTime))
                .build();
    }

    private static SandboxConfig whenBegun(CountDownLatch begun) {
        Tool tool = Tool.builder("begun")
                .handler(arguments -> {
                    begun.countDown();
                    return null;
                })
                .build();
        return SandboxConfig.builder().tool(tool).build();
    }

    private static <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(5);
        }
    }
}
