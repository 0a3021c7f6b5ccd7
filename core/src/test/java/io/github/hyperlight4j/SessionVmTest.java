package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.RequiresVm;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** State that is kept on purpose, and copies of it. */
@RequiresVm
@Timeout(300)
class SessionVmTest {

    @Test
    void programsGoOnWhereTheLastOneEnded() {
        try (Session session = Session.builder().build()) {
            run(session, "import json\nx = [1]\ndef f(): return x");
            run(session, "x.append(2)");
            assertEquals("[1, 2] True\n", run(session, "print(json.dumps(f()), __name__ == '__main__')"));
            assertInstanceOf(
                    Outcome.PythonError.class,
                    session.run("x.append(3)\nraise ValueError").outcome());
            session.run("x.append(4)\nimport sys; sys.exit(1)");
            assertFalse(session.isLost());
            assertEquals("[1, 2, 3, 4]\n", run(session, "print(x)"), "an exception or exit loses nothing");
            session.reset();
            assertEquals("False\n", run(session, "print('x' in globals())"));
        }
    }

    @Test
    void configurationMayChangeFromRunToRun() {
        try (Session session = Session.builder().build()) {
            run(session, "values = []");
            for (String value : List.of("a", "b")) {
                Tool tool = Tool.builder("next").handler(arguments -> value).build();
                session.run(
                        "values.append(call_tool('next'))",
                        SandboxConfig.builder().tool(tool).build());
            }
            assertEquals("['a', 'b']\n", run(session, "print(values)"));
        }
    }

    @Test
    void stoppedRunLosesTheSessionUntilItIsReset() {
        SandboxConfig brief = SandboxConfig.builder()
                .limits(Programs.lasting(Duration.ofMillis(500)))
                .build();
        try (Session session = Session.builder().build()) {
            run(session, "x = 1");
            assertInstanceOf(
                    Outcome.TimedOut.class,
                    session.run("while True: pass", brief).outcome());
            assertTrue(session.isLost());
            assertThrows(IllegalStateException.class, () -> session.run("print(x)"));
            assertThrows(IllegalStateException.class, session::capture);
            session.reset();
            assertFalse(session.isLost());
            run(session, "y = 2");
            try (Snapshot _ = session.capture()) {
                session.run("y = 3\nwhile True: pass", brief);
                session.reset();
                assertEquals("2 False\n", run(session, "print(y, 'x' in globals())"), "back to the last capture");
            }
        }
    }

    @Test
    void manyStartFromACapturedOneAndNoneSeesAnother() {
        try (Session session = Session.builder().build()) {
            run(session, "import decimal, random\ndata = {'n': list(range(1000))}\nrandom.seed(1)");
            try (Snapshot captured = session.capture();
                    Sandbox first = Sandbox.builder().snapshot(captured).build();
                    Sandbox second = Sandbox.builder().snapshot(captured).build();
                    Session fork = Session.builder().snapshot(captured).build();
                    SandboxPool pool =
                            SandboxPool.builder().snapshot(captured).max(2).build()) {
                run(session, "data['n'] = None"); // The original goes on.
                String look = "print(sum(data['n']), 'decimal' in globals(), 'mine' in globals())\nmine = 1\n"
                        + "data['n'].append(1)";
                for (int i = 0; i < 2; i++) {
                    assertEquals("499500 True False\n", Programs.output(first, look));
                    assertEquals("499500 True False\n", Programs.output(second, look));
                    assertEquals("499500 True False\n", pool.run(look).stdout());
                }
                assertEquals("499500 True False\n", run(fork, look));
                assertEquals("499501 True True\n", run(fork, look), "a session of it keeps its own");
                String random = "print(random.random())";
                assertNotEquals(Programs.output(first, random), Programs.output(second, random));
                assertNotEquals(Programs.output(first, random), Programs.output(first, random));
                try (Snapshot again = fork.capture();
                        Sandbox third = Sandbox.builder().snapshot(again).build()) {
                    assertEquals("499502 True True\n", Programs.output(third, look));
                }
            }
            assertEquals("None\n", run(session, "print(data['n'])"));
        }
    }

    /** What a captured program has done to its interpreter harms nobody but those who start from it. */
    @Test
    void capturedInterpreterThatWasTamperedWithHarmsOnlyItself() {
        try (Session session = Session.builder().build()) {
            run(session, """
                    import random, gc
                    def endless(*args, **kwargs):
                        while True:
                            pass
                    random.seed = endless
                    gc.collect = endless
                    """);
            SandboxConfig brief = SandboxConfig.builder()
                    .limits(Programs.lasting(Duration.ofSeconds(1)))
                    .build();
            try (Snapshot captured = session.capture();
                    SandboxPool tampered =
                            SandboxPool.builder().snapshot(captured).max(1).build();
                    SandboxPool clean = SandboxPool.builder().max(1).build()) {
                Outcome outcome = tampered.run("print(1)", brief).outcome();
                assertTrue(
                        outcome instanceof Outcome.TimedOut || outcome.equals(new Outcome.Completed(0)),
                        outcome::toString);
                assertEquals("1\n", clean.run("print(1)").stdout());
            }
        }
    }

    @Test
    void closedSessionRunsNothing() {
        Session session = Session.builder().build();
        session.close();
        assertThrows(IllegalStateException.class, () -> session.run(""));
        assertThrows(IllegalStateException.class, session::capture);
        assertThrows(IllegalStateException.class, session::reset);
        session.close();
    }

    private static String run(Session session, String code) {
        RunResult result = session.run(code);
        assertEquals(new Outcome.Completed(0), result.outcome(), result::toString);
        return result.stdout();
    }
}
