package io.github.hyperlight4j;

import static io.github.hyperlight4j.Programs.output;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.RequiresVm;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every run starts from the same clean interpreter, but with the time and the randomness of now. */
@RequiresVm
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CleanStateVmTest {

    private Sandbox sandbox;

    @BeforeAll
    void build() {
        sandbox = Sandbox.builder().build();
    }

    @AfterAll
    void close() {
        sandbox.close();
    }

    @Test
    void nothingOfARunIsLeftForTheNext() {
        assertEquals("done\n", output(sandbox, """
                        import builtins, json, os, sys, types, random
                        left = 1
                        builtins.left = 2
                        builtins.len = lambda x: -1
                        json.dumps = None
                        sys.modules['planted'] = types.ModuleType('planted')
                        del sys.modules['random']
                        sys.path.append('/planted')
                        sys.setrecursionlimit(77)
                        os.environ['PLANTED'] = '1'
                        import decimal; decimal.getcontext().prec = 3
                        import hyperlight; hyperlight.call_tool = None
                        builtins.call_tool = None
                        print('done')
                        """));
        assertEquals("False False 3 True False False False False 28 True True\n", output(sandbox, """
                        import builtins, decimal, hyperlight, json, os, sys
                        print('left' in globals(), hasattr(builtins, 'left'), len('abc'), json.dumps(1) == '1',
                              'planted' in sys.modules, '/planted' in sys.path, sys.getrecursionlimit() == 77,
                              'PLANTED' in os.environ, decimal.getcontext().prec, callable(call_tool),
                              callable(hyperlight.call_tool))
                        """));
    }

    @Test
    void nothingIsLeftAfterAnErrorEither() {
        sandbox.run("import sys; sys.modules['planted'] = sys; raise ValueError");
        assertEquals("False\n", output(sandbox, "import sys; print('planted' in sys.modules)"));
        sandbox.run("import sys; sys.modules['planted'] = sys; sys.exit(3)");
        assertEquals("False\n", output(sandbox, "import sys; print('planted' in sys.modules)"));
    }

    /** Fills 64 MiB and frees them. The mark is not in the program's own text, which is in memory too. */
    private static final String FILL = "x = (b'secret' * 3).upper() * (4 << 20); del x";

    /** Looks for the mark in memory that was allocated and not written to: what {@code RawIOBase.read} returns. */
    private static final String LOOK = """
            import io
            class Unwritten(io.RawIOBase):
                def readinto(self, buffer): return len(buffer)
            print((b'secret' * 3).upper() in Unwritten().read(48 << 20))
            """;

    @Test
    void memoryOfARunIsNotInTheMemoryOfTheNext() {
        try (Session session = Session.builder().build()) {
            session.run(FILL);
            assertEquals("True\n", session.run(LOOK).stdout(), "without a restore");
        }
        sandbox.run(FILL);
        assertEquals("False\n", output(sandbox, LOOK));
        try (SandboxPool pool = SandboxPool.builder().min(1).max(1).build()) {
            pool.run(FILL);
            assertEquals("False\n", pool.run(LOOK).stdout());
        }
    }

    @Test
    void environmentOfTheHostIsNotVisible() {
        assertEquals(
                "{'HOME': '/tmp', 'LANG': 'C.UTF-8', 'USER': 'sandbox'}\n",
                output(sandbox, "import os; print(dict(os.environ))"));
    }

    @Test
    void randomnessIsFreshInEveryRun() {
        String code = """
                import os, random, secrets, uuid
                print(random.random(), os.urandom(8).hex(), secrets.token_hex(8), uuid.uuid4(), sep='\\n')
                """;
        List<String> first = output(sandbox, code).lines().toList();
        List<String> second = output(sandbox, code).lines().toList();
        for (int i = 0; i < first.size(); i++) {
            assertNotEquals(first.get(i), second.get(i));
        }
        assertEquals("100000\n", output(sandbox, "import os; print(len(os.urandom(100_000)))"));
    }

    @Test
    void timeIsTrueInEveryRun() {
        for (int i = 0; i < 2; i++) {
            long before = Instant.now().getEpochSecond();
            double inside = Double.parseDouble(output(sandbox, "import time; print(time.time())"));
            assertTrue(inside >= before && inside <= Instant.now().getEpochSecond() + 1, () -> inside + " " + before);
        }
        assertEquals("True True\n", output(sandbox, """
                        import time, datetime
                        a = time.monotonic(); time.sleep(0.05); b = time.monotonic()
                        print(b - a >= 0.05, abs(datetime.datetime.now().timestamp() - time.time()) < 5)
                        """));
    }

    @Test
    void outputIsCapturedApartAndInOrder() {
        RunResult result = sandbox.run("import sys\nprint('a')\nprint('é😀', file=sys.stderr)\nprint('b', end='')");
        assertEquals("a\nb", result.stdout());
        assertEquals("é😀\n", result.stderr());
    }

    @Test
    void emptyProgramDoesNothing() {
        assertEquals("", output(sandbox, ""));
    }

    @Test
    void exitCodeIsTheProgramsOwn() {
        assertEquals(
                new Outcome.Completed(7), sandbox.run("import sys; sys.exit(7)").outcome());
        RunResult text = sandbox.run("import sys; sys.exit('no')");
        assertEquals(new Outcome.Completed(1), text.outcome());
        assertEquals("no\n", text.stderr());
    }

    @Test
    void tracebackBeginsInTheProgram() {
        Outcome.PythonError error = Programs.error(sandbox, "def f(x):\n    return 1 / x\n\nprint('before')\nf(0)");
        assertEquals("ZeroDivisionError", error.type());
        assertTrue(
                error.traceback().startsWith("Traceback (most recent call last):\n  File \"program.py\", line 5"),
                error.traceback());
        assertTrue(error.traceback().contains("return 1 / x"), error.traceback());
    }
}
