package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.testing.FuzzTargets;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Seeds, and a fixed number of inputs made from them, for every fuzz target of this module. */
class FuzzTest {

    @TestFactory
    Stream<DynamicTest> targets() throws IOException {
        return FuzzTargets.tests(FuzzTest.class);
    }
}
