package io.github.hyperlight4j.bench.jmh;

import io.github.hyperlight4j.RunResult;
import java.util.function.Function;

/** What the benchmarks run. */
final class Programs {

    static final String SMALL = "print(1)";

    private Programs() {}

    /** Runs a program that must succeed: a failing one would be a fast one. */
    static RunResult run(Function<String, RunResult> runner, String program) {
        RunResult result = runner.apply(program);
        if (!result.isSuccess()) {
            throw new IllegalStateException("The program failed: " + result);
        }
        return result;
    }
}
