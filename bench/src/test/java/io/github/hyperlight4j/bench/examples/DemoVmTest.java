package io.github.hyperlight4j.bench.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.RequiresVm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

@RequiresVm
class DemoVmTest {

    @Test
    void pythonComputesWhatJavaComputes() throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        assertTrue(Demo.run(new PrintStream(printed, true, UTF_8)), () -> printed.toString(UTF_8));
        String text = printed.toString(UTF_8);
        assertTrue(text.contains("as computed in Java") && text.contains("Ada Lovelace"), text);
    }
}
