package io.github.hyperlight4j.bench.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.RequiresVm;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

@RequiresVm
class BenchmarkVmTest {

    @Test
    void bothWaysFindTheAnswerAndTheProgramMakesTheCalls() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Benchmark.run(new PrintStream(printed, true, UTF_8), List.of(2), new SimulatedModel(16, Latency.HOSTED));
        String text = printed.toString(UTF_8);
        assertFalse(text.contains("WRONG"), text);
        assertTrue(text.contains("SIMULATED"), text);
        assertTrue(text.lines().anyMatch(line -> line.matches("calls by its program +[1-9]\\d*")), text);
    }
}
