/** The orders task, as a demo of the main job and as a benchmark sample; benchmarks of the library. */
@SuppressWarnings("requires-automatic") // JMH and jtokkit have no module of their own.
module io.github.hyperlight4j.bench {
    requires io.github.hyperlight4j.codeact;
    requires io.github.hyperlight4j.core;
    requires java.management;
    requires java.net.http;
    requires jmh.core;
    requires jtokkit;
    requires static org.jspecify;
    requires tools.jackson.databind;

    // Records that are read and written as JSON.
    opens io.github.hyperlight4j.bench.compare to
            io.github.hyperlight4j.core;
    opens io.github.hyperlight4j.bench.jmh to
            io.github.hyperlight4j.core;
    opens io.github.hyperlight4j.bench.orders to
            io.github.hyperlight4j.core,
            tools.jackson.databind;
}
