package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.hyperlight4j.testing.RequiresVm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs on threads whose stack is nearly full. A StackOverflowError that left an upcall would end this JVM. */
@RequiresVm
class DeepStackVmTest {

    private static final int FRAMES_BETWEEN = 64;

    private final List<Object> ends = new ArrayList<>();

    @Test
    void runOnAFullStackEndsWellOrIsAnOverflowOfTheCaller() throws InterruptedException {
        Tool tool = Tool.of("t", "", () -> "r");
        try (Sandbox sandbox = Sandbox.of(SandboxConfig.builder().tool(tool).build())) {
            // Loads classes: an overflow in a static initializer would be for good, in whichever library.
            assertEquals("r\n", sandbox.run("print(call_tool('t'))").stdout());
            Thread thread = new Thread(null, () -> descend(sandbox, 0), "deep", 1 << 20);
            thread.start();
            thread.join();
            assertEquals(new Outcome.Completed(0), ends.getLast());
            ends.subList(0, ends.size() - 1).forEach(end -> assertInstanceOf(StackOverflowError.class, end));
            assertEquals("r\n", sandbox.run("print(call_tool('t'))").stdout());
        }
    }

    /** Goes down until the stack is full, and tries to run a program on the way up until one ran. */
    private void descend(Sandbox sandbox, int depth) {
        try {
            if (depth < Integer.MAX_VALUE) {
                descend(sandbox, depth + 1);
            }
        } catch (StackOverflowError e) {
            if (depth % FRAMES_BETWEEN == 0) {
                try {
                    ends.add(sandbox.run("print(call_tool('t'))").outcome());
                    return;
                } catch (StackOverflowError again) {
                    ends.add(again);
                }
            }
            throw e;
        }
    }
}
