package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;

/** Runs programs and checks their ends. */
final class Programs {

    private Programs() {}

    /** Runs a program that must succeed, and returns what it printed. */
    static String output(Sandbox sandbox, String code) {
        RunResult result = sandbox.run(code);
        assertEquals(new Outcome.Completed(0), result.outcome(), result::toString);
        return result.stdout();
    }

    /** Runs a program that must raise an exception. */
    static Outcome.PythonError error(Sandbox sandbox, String code) {
        RunResult result = sandbox.run(code);
        return assertInstanceOf(Outcome.PythonError.class, result.outcome(), result::toString);
    }

    static Limits lasting(Duration wallTime) {
        return Limits.builder().wallTime(wallTime).build();
    }
}
